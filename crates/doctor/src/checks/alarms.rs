//! Whether somebody is told when the foundation is touched.

use crate::case::Case;
use crate::check::Check;

/// Whether alarms are set up. Their chain (rule, target, topic, subscriber) is not judged here: a message that goes through it
/// says more, and only that is no reading.
pub(super) fn checks(case: &Case<'_>) -> Vec<Check> {
    let check = if case.settings.monitoring.is_some() {
        Check::warn("alarms.chain", "whether anybody hears of tampering was not looked at")
            .cause("the settings ask for monitoring, and doctor does not follow a message from rule to subscriber")
            .remedy(["underpin monitoring test"])
    } else {
        Check::not_set_up(
            "alarms.chain",
            "nobody is told when the foundation is touched",
            "it would be by monitoring",
        )
    };
    vec![check]
}
