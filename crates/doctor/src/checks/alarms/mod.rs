//! Whether somebody is told when the foundation is touched: the chain from an event to an address, link by link.

mod metric;
mod rules;
mod topic;

use crate::case::Case;
use crate::check::{Check, Status};
use crate::facts::{AlertFacts, Read};

/// What explains that a link is not there.
const NOWHERE: [&str; 3] = ["settings.unmade", "settings.region", "settings.account"];

/// Every link.
pub(super) fn checks(case: &Case<'_>) -> Vec<Check> {
    let (Some(facts), Some(targets)) = (&case.facts.alerts, case.alerts()) else {
        return vec![Check::not_set_up(
            "alarms.chain",
            "nobody is told when the foundation is touched",
            "it would be by monitoring",
        )];
    };
    let sends = format!("{} sends a message through it", case.underpin("monitoring test"));
    let mut found = vec![Check::pass("alarms.chain", "Alarms are set up").evidence([sends])];
    found.extend(rules::checks(case, facts, targets));
    found.extend(topic::checks(case, facts, targets));
    found.extend(metric::checks(case, facts, targets));
    let first = first_of_unmade(&found, facts);
    found.into_iter().map(|check| check.explained_by(NOWHERE).explained_by(first.clone())).collect()
}

/// Where no link is there at all, the chain was never made: what is told of one of them, the topic if it is missing too, holds
/// for all others.
fn first_of_unmade(found: &[Check], facts: &AlertFacts) -> Option<String> {
    let is_unmade = facts.rules.values().all(Read::is_absent) && facts.alarms.values().all(Read::is_absent);
    let failing = || found.iter().filter(|check| check.status == Status::Fail).map(|check| check.id.as_str());
    let first = failing().find(|id| *id == "alarms.topic").or_else(|| failing().next());
    first.filter(|_| is_unmade).map(str::to_owned)
}
