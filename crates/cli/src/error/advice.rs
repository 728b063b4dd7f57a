//! What is said of a failed call, and the commands that ask who is calling.

use super::Circumstances;
use crate::typed::quoted;

/// What to say of an error, and what to do about it.
pub(super) struct Advice {
    pub summary: String,
    pub detail: String,
    pub hint: Option<String>,
}

/// The command that says who is calling.
pub(super) fn identity(circumstances: &Circumstances) -> String {
    format!("aws sts get-caller-identity{}", profile_flag(circumstances))
}

/// The flag that gives a command of the AWS CLI the profile in use.
pub(super) fn profile_flag(circumstances: &Circumstances) -> String {
    circumstances
        .profile
        .as_deref()
        .map(|profile| format!(" --profile {}", quoted(profile)))
        .unwrap_or_default()
}
