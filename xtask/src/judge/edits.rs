//! Edits at random of the policies that underpin writes.

use std::fs::File;
use std::path::Path;

use super::simulator::script;
use super::{differences, product};
use crate::Outcome;
use crate::cargo::run as run_command;

/// How many edits where nothing is said.
pub(super) const USUAL: &str = "10000";

/// Edits them so often, undoing each edit being one too, compares, and lets the evaluator in `directory` and Z3 judge the answers.
pub(super) fn judged(directory: &Path, edits: &str) -> Outcome<String> {
    let pairs = edits.parse::<u64>()?.div_ceil(2).to_string();
    let policies = product::written(directory)?;
    let file = directory.join("edits.pairs.jsonl");
    run_command(script("edits.mjs", directory).arg(policies).arg(pairs).stdout(File::create(file)?))?;
    differences::judged(directory, "edits")
}
