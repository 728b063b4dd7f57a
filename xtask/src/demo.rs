//! Runs the main job on the example files as a person would, against a fresh moto.

use std::fs;
use std::path::Path;
use std::process::Command;

use harness::{Boto3, Emulator, aws_environment};
use serde_json::{Value, json};

use crate::Outcome;
use crate::cargo::{build_underpin, root, run as run_command};
use crate::setup::{self, Group};

const BUCKET: &str = "artos-terraform-state";

/// The commands, as typed.
const COMMANDS: [&str; 5] = [
    "init -backend-config=backend-global-production-us-east-1.hcl",
    "plan",
    "apply -auto-approve",
    "plan -detailed-exitcode",
    "output",
];

/// Runs the demo.
pub(crate) fn run() -> Outcome {
    let oracles = setup::run(Group::Demo)?;
    let underpin = build_underpin(false)?;
    let moto = Emulator::moto(&oracles)?;
    println!("moto, an AWS emulator, listens on {}", moto.endpoint());
    let mut aws = Boto3::connect(&oracles, &moto.endpoint())?;
    aws.call("s3", "create_bucket", json!({"Bucket": BUCKET}))?;
    println!("The state bucket {BUCKET} is there");
    let scratch = tempfile::tempdir()?;
    copy_example(scratch.path())?;
    for typed in COMMANDS {
        println!("\n$ underpin {typed}");
        let mut command = Command::new(&underpin);
        command.args(typed.split(' ')).current_dir(scratch.path());
        run_command(in_account(&mut command, &moto.endpoint()))?;
    }
    let seen = summary(&aws.inventory()?)?;
    drop(moto);
    println!("\nAll five commands succeeded; boto3 saw {seen}; moto is stopped.");
    Ok(())
}

/// Copies the example files, and nothing a run has left beside them.
pub(crate) fn copy_example(directory: &Path) -> Outcome {
    for name in ["terraform.tfvars", "backend-global-production-us-east-1.hcl"] {
        fs::copy(root().join("examples/production").join(name), directory.join(name))?;
    }
    Ok(())
}

/// Points a command at an emulator, and away from what the user has set for the real AWS and for Terraform.
pub(crate) fn in_account<'a>(command: &'a mut Command, endpoint: &str) -> &'a mut Command {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("AWS_") || text.starts_with("TF_") {
            command.env_remove(&name);
        }
    }
    command.envs(aws_environment(endpoint))
}

fn summary(account: &Value) -> Outcome<String> {
    let count = |name: &str| match account.get(name) {
        Some(Value::Array(items)) => items.len(),
        Some(Value::Object(items)) => items.len(),
        _ => 0,
    };
    let (keys, roles, trails) = (count("keys"), count("roles"), count("trails"));
    let trails_listed = account.get("trails").and_then(Value::as_object);
    let logging = trails_listed
        .is_some_and(|trails| trails.values().all(|trail| trail.get("logging") == Some(&Value::Bool(true))));
    if (keys, roles, trails, logging) != (1, 4, 1, true) {
        return Err(format!("the account is not as it should be: {account:#}").into());
    }
    Ok("one key, four roles and one trail that is logging".to_owned())
}
