//! The first commands that anybody types, in an account as `cargo xtask demo` makes it.

use harness::{Boto3, Emulator, STATE_BUCKET, copy_tree};
use serde_json::json;

use super::shown::Shown;
use crate::support::account::{oracles, text, underpin};

const README: &str = include_str!("../../../../README.md");

/// The command before those that are shown.
const INIT: &str = "init -backend-config=backend-global-production-us-east-1.hcl";

#[test]
fn of_a_first_apply_and_of_doctor() {
    let emulator = Emulator::moto(&oracles()).unwrap();
    let mut aws = Boto3::connect(&oracles(), &emulator.endpoint()).unwrap();
    aws.call("s3", "create_bucket", json!({"Bucket": STATE_BUCKET})).unwrap();
    let directory = tempfile::tempdir().unwrap();
    copy_tree(&oracles().examples().join("production"), directory.path()).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = underpin().command(directory.path(), &emulator.endpoint()).unwrap();
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    run(&INIT.split(' ').collect::<Vec<_>>());
    let mut shown = Shown::all(README);
    // README shows doctor first, and needs the foundation for it.
    shown.rotate_left(1);
    let typed: Vec<String> = shown.iter().map(|shown| shown.arguments.join(" ")).collect();
    assert_eq!(typed, ["plan", "apply -auto-approve", "plan", "doctor"]);
    for command in shown {
        let arguments: Vec<&str> = command.arguments.iter().map(String::as_str).collect();
        command.assert_printed(&run(&arguments));
    }
}
