//! How fast a key's policy is asked, beside the independent evaluator: one after the other, on the same document and request.

use std::path::Path;

use super::simulator::script;
use super::verdict::last_line;
use crate::Outcome;
use crate::cargo::{cargo, root};

/// Measures both, each on one core, and answers both figures.
pub(super) fn measured(directory: &Path) -> Outcome<String> {
    let ours =
        last_line(&mut cargo(&["run", "--release", "--quiet", "-p", "policy", "--example", "decisions"]))?;
    let question = root().join("crates/policy/examples/question.json");
    let theirs = last_line(script("speed.mjs", directory).arg(question))?;
    Ok(format!("{ours}; {theirs}"))
}
