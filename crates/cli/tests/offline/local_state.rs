//! Commands that only read, on a state in the working directory.

use std::fs::{File, symlink_metadata};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::place::Place;

pub(super) const STATE: &str = r#"{
  "version": 4,
  "terraform_version": "1.15.5",
  "serial": 7,
  "lineage": "402f7b4a-1e0b-1bb0-9e9e-e38015212974",
  "outputs": {
    "kms_key_id": { "value": "1234", "type": "string" },
    "numbers": { "value": [1, 2.5], "type": ["tuple", ["number", "number"]] },
    "password": { "value": "hidden", "type": "string", "sensitive": true },
    "text": { "value": "two\nlines <&>", "type": "string" }
  },
  "resources": [
    {
      "mode": "managed",
      "type": "aws_kms_alias",
      "name": "main",
      "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
      "instances": [
        {
          "schema_version": 0,
          "attributes": { "arn": "arn:aws:kms:x", "id": "alias/x", "name": "alias/x", "target_key_id": "1234" },
          "sensitive_attributes": []
        }
      ]
    },
    {
      "mode": "managed",
      "type": "acme_thing",
      "name": "other",
      "provider": "provider[\"registry.terraform.io/acme/acme\"]",
      "instances": [
        { "index_key": 0, "schema_version": 0, "attributes": { "id": "a" }, "sensitive_attributes": [] },
        { "index_key": 1, "schema_version": 0, "attributes": { "id": "b" }, "sensitive_attributes": [] }
      ]
    }
  ],
  "check_results": null
}
"#;

fn all(place: &Place, lines: &[&[&str]]) -> String {
    lines.iter().map(|line| place.run(line)).collect()
}

#[test]
fn outputs_are_printed_as_terraform_prints_them() {
    let place = Place::with(&[("terraform.tfstate", STATE)]);
    let lines: [&[&str]; 9] = [
        &["output"],
        &["output", "-json"],
        &["output", "text"],
        &["output", "-json", "numbers"],
        &["output", "-raw", "kms_key_id"],
        &["output", "-raw", "numbers"],
        &["output", "password"],
        &["output", "nothing"],
        &["output", "-json", "-raw", "text"],
    ];
    insta::assert_snapshot!("outputs", all(&place, &lines));
}

#[test]
fn a_state_is_looked_into() {
    let place = Place::with(&[("terraform.tfstate", STATE)]);
    let lines: [&[&str]; 8] = [
        &["state", "list"],
        &["state", "list", "acme_thing.other"],
        &["state", "list", "-id=alias/x"],
        &["state", "show", "aws_kms_alias.main"],
        &["state", "show", "aws_kms_alias.other"],
        &["show"],
        &["show", "terraform.tfstate"],
        &["show", "missing"],
    ];
    insta::assert_snapshot!("state", all(&place, &lines));
    let pulled = place.succeed(&["state", "pull"]);
    assert!(pulled.ends_with("}\n\n"), "{pulled}");
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(parse(&pulled)["outputs"], parse(STATE)["outputs"]);
}

#[test]
fn without_a_state_there_is_nothing_to_show() {
    let place = Place::of_example();
    let lines: [&[&str]; 10] = [
        &["plan"],
        &["output"],
        &["init"],
        &["output"],
        &["output", "-json"],
        &["output", "name"],
        &["state", "list"],
        &["state", "pull"],
        &["show"],
        &["init"],
    ];
    insta::assert_snapshot!("no_state", all(&place, &lines));
    assert!(place.path().join(".terraform/terraform.tfstate").exists());
    assert!(!place.path().join("terraform.tfstate").exists());
}

#[test]
fn a_state_that_is_none_is_refused() {
    for (name, text) in [("empty", "{}"), ("future", r#"{"version": 5}"#), ("text", "no state")] {
        let place = Place::with(&[("terraform.tfstate", text)]);
        insta::assert_snapshot!(format!("unreadable_{name}"), place.run(&["output"]));
    }
}

#[test]
fn another_backend_is_not_taken_silently() {
    let place = Place::of_example();
    place.succeed(&["init"]);
    let lines: [&[&str]; 5] = [
        &["init", "-backend-config=path=other.tfstate"],
        &["init", "-backend-config=path=other.tfstate", "-migrate-state"],
        &["init", "-backend-config=pth=other.tfstate"],
        &["init", "-backend-config=missing.hcl"],
        &["init", "-reconfigure", "-backend-config=path=third.tfstate"],
    ];
    insta::assert_snapshot!("another_backend", all(&place, &lines));
}

#[test]
fn the_record_is_kept_where_terraform_keeps_it() {
    let place = Place::of_example().set("TF_DATA_DIR", "data");
    place.succeed(&["init"]);
    let record = std::fs::read_to_string(place.path().join("data/terraform.tfstate")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!((&record["version"], &record["backend"]["type"]), (&3.into(), &"local".into()));
    assert!(!place.path().join(".terraform").exists());
}

/// As `-out=/dev/null` would be, which is not to be tried here: root would close the device to others.
#[test]
fn a_pipe_is_written_to_and_stays_what_it_is() {
    let place = Place::of_example();
    let pipe = place.path().join("pipe");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::from_raw_mode(0o644), 0).unwrap();
    let mut reader = File::options().read(true).write(true).open(&pipe).unwrap();
    place.succeed(&["plan", "-offline", "-account-id=123456789012", "-out=pipe"]);
    assert_ne!(reader.read(&mut [0; 1]).unwrap(), 0);
    let there = symlink_metadata(&pipe).unwrap();
    assert!(!there.is_file());
    assert_eq!(there.permissions().mode() & 0o777, 0o644);
}
