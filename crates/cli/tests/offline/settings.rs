//! What is wrong with the settings is said at once, with places and what to write instead.

use std::io::Write;
use std::process::Stdio;

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
fn answers_may_come_from_a_pipe() {
    let place = Place::with(&[]);
    let plan = |flags: &[&str], answers: &str| {
        let line: Vec<&str> =
            ["plan", "-offline", "-account-id=123456789012"].iter().chain(flags).copied().collect();
        let mut child = place
            .command(&line)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A run that asks nothing may end before it is answered.
        let _ = child.stdin.take().unwrap().write_all(answers.as_bytes());
        let output = child.wait_with_output().unwrap();
        (
            output.status.code(),
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)),
        )
    };
    let all = "pipe\nstaging\nus-east-1\nartos-terraform-state\n{ cost_center = \"x\" }\n";
    let (code, shown) = plan(&[], all);
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("var.tags") && shown.contains("Encrypts everything of pipe-staging"), "{shown}");
    let (code, shown) = plan(&[], "pipe\nstaging\n");
    assert_eq!(
        (code, shown.matches("Error: No value for required variables").count()),
        (Some(1), 1),
        "{shown}"
    );
    assert!(shown.contains("3 settings are required and are not set: `aws_region`"), "{shown}");
    let (code, shown) = plan(&["-input=false"], all);
    assert_eq!(
        (code, shown.matches("Error: No value for required variables").count()),
        (Some(1), 1),
        "{shown}"
    );
    assert!(shown.lines().count() <= 14, "{shown}");
    assert!(!shown.contains("Enter a value"), "{shown}");
}

#[test]
fn undeclared_names_only_warn_in_files() {
    let place = Place::with(&[("terraform.tfvars", &format!("{SETTINGS}\nproject = \"x\"\n"))]);
    insta::assert_snapshot!("undeclared", place.run(&["validate"]));
}

#[test]
fn an_undeclared_name_may_have_any_value() {
    let odd = "other_region = var.region\nother_tags = merge({ a = 1 + true }, local.tags)\n";
    let place = Place::with(&[("terraform.tfvars", &format!("{SETTINGS}\n{odd}"))]);
    let shown = place.run(&["validate"]);
    assert!(shown.contains("There is no setting named `other_region`; its value is ignored"), "{shown}");
    assert!(shown.contains("There is no setting named `other_tags`; its value is ignored"), "{shown}");
    assert!(shown.contains("----- exit 0 -----"), "{shown}");
}
