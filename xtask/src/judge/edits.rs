//! Edits at random of the policies that underpin writes.

use std::fs::File;
use std::path::Path;

use super::simulator::script;
use super::{differences, product};
use crate::Outcome;
use crate::cargo::run as run_command;

/// Edits them, compares so many pairs, and lets the evaluator in `directory` and Z3 judge the answers.
pub(super) fn judged(directory: &Path, pairs: &str) -> Outcome<String> {
    let policies = product::written(directory)?;
    let file = directory.join("edits.pairs.jsonl");
    run_command(script("edits.mjs", directory).arg(policies).arg(pairs).stdout(File::create(file)?))?;
    differences::judged(directory, "edits")
}
