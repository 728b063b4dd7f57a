//! What is checked, one file or folder a subject.

mod alarms;
mod ecr;
mod kms;
mod roles;
mod settings;
mod state;
mod strangers;
mod trail;

use crate::case::Case;
use crate::check::Check;

/// Every check of every subject.
pub(crate) fn all(case: &Case<'_>) -> Vec<Check> {
    let subjects: [fn(&Case<'_>) -> Vec<Check>; 7] = [
        kms::checks,
        ecr::checks,
        trail::checks,
        alarms::checks,
        roles::checks,
        state::checks,
        settings::checks,
    ];
    subjects.into_iter().flat_map(|checks| checks(case)).collect()
}
