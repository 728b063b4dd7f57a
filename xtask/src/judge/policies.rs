//! Lets an independent evaluator and a solver judge decisions and differences of policies.

use std::path::Path;

use super::simulator::{script, simulator};
use super::verdict::{Verdicts, last_line};
use super::{edits, lockouts, managed, product, speed};
use crate::Outcome;
use crate::cargo::build_underpin;

/// Installs them, takes every step, and prints one table.
///
/// # Errors
/// Something is decided otherwise and not explained.
pub(super) fn run(arguments: &[String]) -> Outcome {
    let argument = |place: usize, usual: &'static str| arguments.get(place).map_or(usual, String::as_str);
    let directory = simulator()?;
    let mut verdicts = Verdicts::default();
    verdicts.hear("requests", || requests(&directory, argument(0, "20000")));
    verdicts.hear("edits of our own policies", || edits::judged(&directory, argument(1, edits::USUAL)));
    verdicts.hear("versions of managed policies", || managed::judged(&directory));
    verdicts.hear("policies that underpin writes", product::run);
    verdicts.hear("lock-outs", || lockouts::run(lockouts::SEED));
    verdicts.hear("speed", || speed::measured(&directory));
    verdicts.told()
}

/// Puts generated requests to both.
fn requests(directory: &Path, count: &str) -> Outcome<String> {
    let underpin = build_underpin(false)?;
    last_line(script("requests.mjs", directory).arg(underpin).arg(count))
}
