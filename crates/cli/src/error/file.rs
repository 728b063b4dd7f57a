//! Failures of files, and saved plans that cannot be used.

use std::io::{self, ErrorKind};
use std::path::Path;

use engine::{Goal, PlanFileError};
use terraform::Diagnostic;

/// A file that could not be read, written or the like.
pub(super) fn finding(action: &str, path: &Path, error: &io::Error) -> Diagnostic {
    let finding = Diagnostic::error(format!("Failed to {action} {}", path.display()), format!("{error}."));
    match error.kind() {
        ErrorKind::NotFound => {
            finding.hint("check the path; relative paths start at the working directory, or at -chdir")
        }
        ErrorKind::PermissionDenied => {
            finding.hint(format!("check who may use it: ls -ld {}", path.display()))
        }
        ErrorKind::StorageFull => finding.hint("free some space, then try again"),
        _ => finding,
    }
}

/// A saved plan that cannot be used, in Terraform's words where it has some.
pub(super) fn plan(path: &str, goal: Option<Goal>, error: &PlanFileError) -> Diagnostic {
    let (summary, detail) = match error {
        PlanFileError::Unreadable(error) => {
            ("Failed to read the plan file", format!("{path} is no plan saved by underpin: {error}."))
        }
        PlanFileError::Terraforms => (
            "Failed to read the plan file",
            format!("{path} is a plan saved by Terraform. Only Terraform can show and apply it."),
        ),
        PlanFileError::Damaged => (
            "The plan file is damaged",
            format!("{path} is not as underpin plan wrote it: its content does not fit its digest."),
        ),
        PlanFileError::Format(_) => ("The plan file is of another version", format!("{path}: {error}.")),
        PlanFileError::Unknown(_) => {
            ("The plan file is of another version", format!("{path} cannot be applied: {error}."))
        }
        PlanFileError::Offline => (
            "A plan made with -offline cannot be applied",
            format!(
                "{path} was made without a look at the state and at AWS; it shows what a first apply would make."
            ),
        ),
        PlanFileError::OtherState => (
            "Saved plan does not match the given state",
            format!("{path} was made from another state than the one that the backend holds now."),
        ),
        PlanFileError::Stale { planned, now } => (
            "Saved plan is stale",
            format!(
                "{path} can no longer be applied: after it was made, the state was changed by another run (serial \
                 {planned} then, {now} now)."
            ),
        ),
    };
    let flags = goal.map(flags).unwrap_or_default();
    // What is no plan may be a file that somebody needs.
    let foreign = matches!(error, PlanFileError::Unreadable(_) | PlanFileError::Terraforms);
    let out = if foreign { "plan.out" } else { path };
    Diagnostic::error(summary, detail).hint(format!("make another plan: underpin plan{flags} -out={out}"))
}

/// The flags with which `plan` makes a plan for `goal`.
fn flags(goal: Goal) -> &'static str {
    match goal {
        Goal::Apply => "",
        Goal::Refresh => " -refresh-only",
        Goal::Destroy { delete_key: false } => " -destroy",
        Goal::Destroy { delete_key: true } => " -destroy -delete-key",
    }
}
