//! Prowler audits accounts with the faults that `doctor` is tried on: which of them does it name?

use crate::Outcome;
use crate::cargo::{cargo, run as run_command};
use crate::setup::{self, Group, auditors};

/// Installs it, which takes 2.5 GB, and asks it.
pub(super) fn run() -> Outcome {
    let tools = setup::run(Group::Test)?;
    let prowler = auditors::install()?.join("prowler");
    let test = ["test", "-p", "cli", "--test", "main", "--", "--ignored", "--nocapture", "prowler_audits"];
    run_command(cargo(&test).env("UNDERPIN_PROWLER", prowler).env("UNDERPIN_ORACLES", tools.directory()))
}
