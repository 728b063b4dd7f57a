//! Profiles that need more than underpin asks for.

use std::fs;

use harness::{Answer, Verdict};

use crate::offline::place::Place;
use crate::support::account::{moto, text, underpin};

/// What a plan with a profile of these shared files says; AssumeRole is denied.
fn plan_with(profile: &str, config: &str) -> String {
    let world = moto();
    let (shared, keys) = (world.directory().join("config"), world.directory().join("credentials"));
    fs::write(&shared, config).unwrap();
    fs::write(&keys, "[person]\naws_access_key_id = AKIATEST\naws_secret_access_key = secret\n").unwrap();
    world.proxy().on(|call| match call.action.as_str() {
        "AssumeRole" => Verdict::Answer(Answer::error(call, 403, "AccessDenied")),
        _ => Verdict::Pass,
    });
    let mut plan = underpin().command(world.directory(), &world.proxy().endpoint()).unwrap();
    plan.arg("plan").env("AWS_PROFILE", profile).env("AWS_CONFIG_FILE", shared);
    plan.env("AWS_SHARED_CREDENTIALS_FILE", keys);
    plan.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let output = plan.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    text(&output.stderr)
}

#[test]
fn a_profile_that_needs_mfa_says_how_to_get_a_session() {
    let role = "role_arn = arn:aws:iam::123456789012:role/deploy\nsource_profile = person\n";
    let mfa = "mfa_serial = arn:aws:iam::123456789012:mfa/person\n";
    let direct = format!("[profile deploy]\n{role}{mfa}[profile person]\nregion = us-east-1\n");
    let inherited = format!(
        "[profile deploy]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = base\n[profile base]\n{role}{mfa}"
    );
    for config in [direct, inherited] {
        let said = plan_with("deploy", &config);
        for word in [
            "The profile `deploy` needs MFA",
            "arn:aws:iam::123456789012:mfa/person",
            "eval \"$(aws configure export-credentials --profile deploy --format env)\"",
            "AWS_PROFILE= underpin plan",
        ] {
            assert!(said.contains(word), "`{word}` is missing in\n{said}");
        }
        assert!(!said.contains("aws sso login"), "{said}");
    }
    let plain = plan_with("deploy", &format!("[profile deploy]\n{role}"));
    assert!(!plain.contains("MFA"), "{plain}");
}

#[test]
fn the_source_of_credentials_that_is_set_up_is_named() {
    const CONFIG: &str = "[profile sso]\nsso_session = x\nsso_account_id = 123456789012\nsso_role_name = a\n\
        [sso-session x]\nsso_region = us-east-1\nsso_start_url = https://x.awsapps.com/start\n\
        [profile program]\ncredential_process = /bin/false\n[profile empty]\nregion = us-east-1\n";
    let cases: [(&[(&'static str, &str)], &str); 8] = [
        (&[], "aws sso login; what was tried"),
        (
            &[("AWS_ACCESS_KEY_ID", "AKIAX")],
            "AWS_ACCESS_KEY_ID is set in the environment, and AWS_SECRET_ACCESS_KEY is not",
        ),
        (
            &[("AWS_SECRET_ACCESS_KEY", "x")],
            "AWS_SECRET_ACCESS_KEY is set in the environment, and AWS_ACCESS_KEY_ID is not",
        ),
        (
            &[("AWS_ACCESS_KEY_ID", "AKIAX"), ("AWS_SECRET_ACCESS_KEY", "")],
            "and AWS_SECRET_ACCESS_KEY is not, or is empty",
        ),
        (&[("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere")], "the role in AWS_ROLE_ARN"),
        (&[("AWS_PROFILE", "sso")], "aws sso login --profile sso"),
        (&[("AWS_PROFILE", "program")], "aws configure export-credentials --profile program"),
        (&[("AWS_PROFILE", "empty")], "aws configure sso --profile empty"),
    ];
    for (variables, words) in cases {
        let place = Place::of_example().set("AWS_CONFIG_FILE", "config");
        std::fs::write(place.path().join("config"), CONFIG).unwrap();
        let place = variables.iter().fold(place, |place, (name, value)| place.set(name, *value));
        place.succeed(&["init", "-local"]);
        let shown = place.run(&["plan", "-input=false"]);
        assert!(
            shown.contains("No usable AWS credentials") && shown.contains(words),
            "{variables:?}\n{shown}"
        );
        assert_eq!(shown.matches("Error: ").count(), 1, "{shown}");
        assert!(shown.lines().count() <= 14, "{shown}");
    }
}
