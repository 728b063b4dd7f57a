//! Lets an independent evaluator judge the policies that underpin writes, by what consumers ask of them and by attacks.

use std::path::{Path, PathBuf};

use super::simulator::{script, simulator};
use super::verdict::last_line;
use crate::Outcome;
use crate::cargo::{build_underpin, cargo, run as run_command};

/// Writes the policies down, builds underpin, and asks both.
pub(super) fn run() -> Outcome<String> {
    let directory = simulator()?;
    let policies = written(&directory)?;
    let underpin = build_underpin(false)?;
    last_line(script("product.mjs", &directory).arg(underpin).arg(&policies))
}

/// The file with every policy of several settings, in every partition.
pub(super) fn written(directory: &Path) -> Outcome<PathBuf> {
    let policies = directory.join("product.jsonl");
    let test =
        "refusals::tests::product::the_policies_that_the_foundation_writes_are_written_down_if_asked_for";
    run_command(
        cargo(&["test", "--quiet", "-p", "engine", "--lib", "--", "--exact", test])
            .env("UNDERPIN_PRODUCT", &policies),
    )?;
    Ok(policies)
}
