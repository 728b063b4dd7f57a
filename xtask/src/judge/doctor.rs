//! Lets an independent evaluator judge what doctor decides of its faults: whose permission fails, and whose does not.

use super::simulator::{script, simulator};
use crate::Outcome;
use crate::cargo::{cargo, run as run_command};

/// Writes the decisions down, and asks.
pub(super) fn run() -> Outcome {
    let directory = simulator()?;
    let decisions = directory.join("doctor.jsonl");
    let test = "tests::judged::what_is_decided_of_each_fault_is_written_down_if_asked_for";
    run_command(
        cargo(&["test", "--quiet", "-p", "doctor", "--lib", "--", "--exact", test])
            .env("UNDERPIN_JUDGED", &decisions),
    )?;
    run_command(script("doctor.mjs", &directory).arg(&decisions))
}
