//! `aws cloudtrail validate-logs` judges trails that were tampered with: it agrees wherever it can judge.

use crate::Outcome;
use crate::cargo::{cargo, run as run_command};
use crate::setup::{self, Group, judges};

/// Installs it, and asks both.
pub(super) fn run() -> Outcome {
    let tools = setup::run(Group::Demo)?;
    let aws = judges::install()?.join("aws");
    let test = ["test", "-p", "cli", "--test", "main", "--", "--ignored", "--nocapture", "validate_logs"];
    run_command(cargo(&test).env("UNDERPIN_AWSCLI", aws).env("UNDERPIN_ORACLES", tools.directory()))
}
