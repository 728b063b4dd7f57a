//! Lets an independent evaluator judge which mutated policies are refused: whether somebody is locked out.

use super::simulator::{script, simulator};
use super::verdict::last_line;
use crate::Outcome;
use crate::cargo::{cargo, run as run_command};

/// What the mutations begin with, unless told otherwise.
pub(super) const SEED: &str = "11";

/// Mutates the policies from a seed, writes down what is refused, and asks.
pub(super) fn run(seed: &str) -> Outcome<String> {
    let directory = simulator()?;
    let decisions = directory.join("lockouts.jsonl");
    let test = "refusals::tests::judged::what_is_refused_of_mutated_policies_is_written_down_if_asked_for";
    run_command(
        cargo(&["test", "--quiet", "-p", "engine", "--lib", "--", "--exact", test])
            .env("UNDERPIN_LOCKOUTS", &decisions)
            .env("UNDERPIN_LOCKOUTS_SEED", seed),
    )?;
    last_line(script("lockouts.mjs", &directory).arg(&decisions))
}
