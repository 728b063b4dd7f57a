//! Whether somebody is told when the foundation is touched.

use crate::case::Case;
use crate::check::Check;

/// Nothing in the settings sets alarms up.
pub(super) fn checks(_case: &Case<'_>) -> Vec<Check> {
    vec![Check::not_set_up(
        "alarms.chain",
        "nobody is told when the foundation is touched",
        "it would be by monitoring",
    )]
}
