//! Backends that cannot be used are refused before anything is asked of AWS.

use super::place::{Place, SETTINGS};

/// A backend that is complete.
const COMPLETE: [&str; 3] =
    ["-backend-config=bucket=state", "-backend-config=key=k", "-backend-config=region=us-east-1"];

/// What `init` prints, which must fail, with the backend and one more argument.
fn refused(place: &Place, argument: &str) -> String {
    let argument = format!("-backend-config={argument}");
    let line: Vec<&str> = ["init"].into_iter().chain(COMPLETE).chain([argument.as_str()]).collect();
    let shown = place.run(&line);
    assert!(shown.ends_with("----- exit 1 -----\n"), "{shown}");
    assert!(!place.path().join(".terraform/terraform.tfstate").exists(), "{argument} was recorded");
    shown
}

#[test]
fn every_refusal_names_the_argument_and_what_to_write() {
    let place =
        Place::with(&[("credentials", "[one]\naws_access_key_id = a\n[other]\naws_access_key_id = a\n")])
            .set("AWS_SHARED_CREDENTIALS_FILE", "credentials")
            .set("AWS_CONFIG_FILE", "none");
    let role = "assume_role={role_arn=\"arn:aws:iam::123456789012:role/r\",";
    let table = [
        ("insecure=true".to_owned(), "`insecure`", "leave it out"),
        ("profile=nope".to_owned(), "There is no profile `nope`", "one, other"),
        ("custom_ca_bundle=none.pem".to_owned(), "none.pem", "check the path"),
        ("allowed_account_ids=[\"12\"]".to_owned(), "\"12\" is not an AWS account id", "123456789012"),
        ("token=t".to_owned(), "\"token\" needs \"access_key\"", ""),
        (format!("{role}session_name=\"a b\"}}"), "session_name", ""),
        (format!("{role}external_id=\"\"}}"), "external_id", ""),
        (format!("{role}policy=\"{{\"}}"), "Invalid JSON Document", ""),
        ("retry_mode=fast".to_owned(), "[standard, adaptive]", ""),
        ("endpoints={s3=\"localhost\"}".to_owned(), "valid URL", "https://localhost"),
        ("role_arn=x".to_owned(), "Unsupported argument", "assume_role"),
    ];
    for (argument, named, help) in table {
        let shown = refused(&place, &argument);
        assert!(shown.contains(named), "{argument} does not say {named}: {shown}");
        assert!(
            help.is_empty() || shown.split("help: ").any(|part| part.contains(help)),
            "{argument}: {shown}"
        );
    }
}

#[test]
fn a_region_is_needed() {
    let shown = Place::with(&[]).run(&["init", COMPLETE[0], COMPLETE[1]]);
    assert!(shown.contains("help: write `region = \"us-east-1\"`"), "{shown}");
}

#[test]
fn a_profile_of_the_environment_that_does_not_exist_ends_the_search_for_credentials() {
    let place = |profile: &str| {
        Place::with(&[
            ("terraform.tfvars", SETTINGS),
            ("credentials", "[one]\naws_access_key_id = a\naws_secret_access_key = b\n"),
        ])
        .set("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        .set("AWS_CONFIG_FILE", "none")
        .set("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .set("AWS_MAX_ATTEMPTS", "1")
        .set("AWS_PROFILE", profile)
    };
    let named = "There is no profile `nope`";
    for (profile, refused) in [("nope", true), ("one", false)] {
        let place = place(profile);
        place.succeed(&["init"]);
        let shown = place.run(&["plan"]);
        assert_eq!(shown.contains(named), refused, "{shown}");
        assert_eq!(shown.contains("name one that exists: one"), refused, "{shown}");
        let shown = place.run(&["init", "-reconfigure", COMPLETE[0], COMPLETE[1], COMPLETE[2]]);
        assert_eq!(shown.contains(named), refused, "{shown}");
    }
    let keys = place("nope").set("AWS_ACCESS_KEY_ID", "a").set("AWS_SECRET_ACCESS_KEY", "b");
    keys.succeed(&["init"]);
    assert!(keys.run(&["plan"]).contains(named), "whoever named a profile meant no other credentials");
}

#[test]
fn a_record_that_cannot_be_read_is_written_anew_on_request() {
    let place = Place::with(&[("terraform.tfvars", SETTINGS)]);
    std::fs::create_dir(place.path().join(".terraform")).unwrap();
    for record in ["", "{", "{}", "{\"version\":3,\"backend\":{\"type\":\"gcs\",\"config\":{}}}"] {
        std::fs::write(place.path().join(".terraform/terraform.tfstate"), record).unwrap();
        let shown = place.run(&["init"]);
        assert!(shown.contains("help: write it anew: underpin init -reconfigure"), "{shown}");
        place.succeed(&["init", "-reconfigure"]);
        place.succeed(&["init"]);
    }
}
