//! What is wrong with the settings is said at once, with places and what to write instead.

use super::place::{Place, SETTINGS};

#[test]
fn the_documents_settings_are_valid() {
    insta::assert_snapshot!(Place::of_example().run(&["validate"]), @r#"
    $ underpin validate
    Success! The configuration is valid.

    ----- stderr -----
    ----- exit 0 -----
    "#);
}

#[test]
fn every_problem_of_every_source_is_reported() {
    let place = Place::with(&[
        (
            "terraform.tfvars",
            "project_name = \"Genai--Artos\"\nenvironment = \"production\"\naws_region = \"us-east-9\"\ntags = {\n  \"aws:x\" = \"y\"\n}\n",
        ),
        ("a.auto.tfvars", "kms_deletion_window_in_days = 3\nkms_key_admins = []\ncloudtrail_object_lock = { mode = \"SOFT\", days = 0 }\n"),
    ])
    .set("TF_VAR_iam_path", "platform");
    let line = &["validate", "-var=enable_fargate=maybe", "-var=enviroment=x"];
    insta::assert_snapshot!("every_problem", place.run(line));
    insta::assert_snapshot!("every_problem_as_json", place.run(&["validate", "-json", line[1], line[2]]));
}

#[test]
fn files_that_cannot_be_read_hide_nothing_else() {
    let place = Place::with(&[
        ("terraform.tfvars", "project_name = var.x\ntags = {\n  a = \"b\"\n"),
        ("b.auto.tfvars.json", "{\"environment\": \"production\",}"),
    ]);
    insta::assert_snapshot!(
        "broken_files",
        place.run(&["validate", "-var-file=missing.tfvars", "-var=noeq"])
    );
}

#[test]
fn a_switch_of_another_type_is_led_to_what_was_meant() {
    for (value, help) in [
        ("\"True\"", "write true"),
        ("\"yes\"", "write true"),
        ("\"off\"", "write false"),
        ("0", "write false"),
        ("\"maybe\"", "write true or false"),
        ("[]", "write true or false"),
    ] {
        let settings = format!("{SETTINGS}\nenable_fargate = {value}\n");
        let shown = Place::with(&[("terraform.tfvars", &settings)]).run(&["validate"]);
        assert!(shown.contains(&format!("= help: {help}\n")), "{shown}");
    }
}

#[test]
fn what_is_missing_is_said_when_nobody_can_be_asked() {
    insta::assert_snapshot!(
        "missing",
        Place::with(&[]).run(&["plan", "-offline", "-account-id=123456789012"])
    );
}

#[test]
fn undeclared_names_only_warn_in_files() {
    let place = Place::with(&[("terraform.tfvars", &format!("{SETTINGS}\nproject = \"x\"\n"))]);
    insta::assert_snapshot!("undeclared", place.run(&["validate"]));
}
