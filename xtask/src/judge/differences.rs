//! Pairs of policies, compared in both directions, and what is said of them judged: gains by the independent evaluator, that
//! there is none by Z3.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use super::simulator::{actions, script};
use super::verdict::last_line;
use crate::Outcome;
use crate::cargo::{cargo, root, run as run_command};
use crate::setup::judges;

/// Compares the pairs in `NAME.pairs.jsonl` of the evaluator's folder, and answers the verdict.
pub(super) fn judged(directory: &Path, name: &str) -> Outcome<String> {
    let file = |what: &str| directory.join(format!("{name}.{what}.jsonl"));
    let [pairs, answers, verdicts] = ["pairs", "answers", "verdicts"].map(file);
    let example = ["run", "--release", "--quiet", "-p", "policy", "--example", "pairs"];
    run_command(cargo(&example).stdin(File::open(&pairs)?).stdout(File::create(&answers)?))?;
    let python = judges::install()?.join("python");
    run_command(
        Command::new(python)
            .arg("-B")
            .arg(root().join("xtask/judge/solver"))
            .arg(actions(directory))
            .args([&pairs, &answers, &verdicts]),
    )?;
    last_line(script("differences.mjs", directory).args([&pairs, &answers, &verdicts]))
}
