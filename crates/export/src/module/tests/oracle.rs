//! What real Terraform says of the modules.

use std::path::Path;
use std::process::Command;

use foundation::Partition;
use harness::Oracles;
use serde_json::json;

use super::{Module, Provider, Subject, caller, everything, module, settings, state};

/// Runs a command that must succeed.
fn succeed(command: &mut Command) {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}\n{}{}", text(&output.stdout), text(&output.stderr));
}

fn write(directory: &Path, settings: &foundation::Settings, provider: Provider) {
    let (caller, state) = (caller(Partition::Aws), state());
    let subject = Subject { settings, caller: &caller, state: Some(&state) };
    for file in module(&Module { subject, stored: None, provider, imports: true }).unwrap() {
        std::fs::write(directory.join(file.name), file.text).unwrap();
    }
}

#[test]
fn modules_are_laid_out_as_terraform_lays_out_and_valid_for_provider_3() {
    let oracles = Oracles::find().unwrap();
    for settings in [settings(json!({"tags": {}})), settings(json!({})), settings(everything())] {
        for provider in [Provider::Six, Provider::Five, Provider::Three] {
            let directory = tempfile::tempdir().unwrap();
            write(directory.path(), &settings, provider);
            let terraform = || oracles.terraform_command(directory.path()).unwrap();
            succeed(terraform().args(["fmt", "-check", "-diff"]));
            if provider == Provider::Three {
                succeed(terraform().args(["init", "-backend=false", "-no-color"]));
                succeed(terraform().args(["validate", "-no-color"]));
            }
        }
    }
}
