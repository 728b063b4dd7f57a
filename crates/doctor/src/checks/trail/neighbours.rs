//! Other trails of the region: each further copy of the management events is paid for, and there is room for five.

use crate::case::Case;
use crate::check::Check;
use crate::facts::TrailDescription;

/// Trails in a region, shadows included (CloudTrail user guide, quotas). It cannot be raised.
const MOST: usize = 5;

pub(super) fn checks(case: &Case<'_>) -> Vec<Check> {
    let Some(trails) = case.facts.trail.trails.found() else { return Vec::new() };
    vec![paid(case, trails), quota(case, trails)]
}

fn paid(case: &Case<'_>, trails: &[TrailDescription]) -> Check {
    const ID: &str = "trail.others";
    let ours = case.trail_arn();
    let others: Vec<&TrailDescription> = trails
        .iter()
        .filter(|trail| trail.arn != ours && !case.asks.accepted.has(&[], &[&trail.name, &trail.arn]))
        .collect();
    if others.is_empty() {
        return Check::pass(ID, "No other trail records the same");
    }
    let names = others.iter().map(|trail| trail.arn.as_str()).collect::<Vec<_>>().join(", ");
    let buckets = others.iter().map(|trail| format!("{} delivers to {}", trail.name, trail.bucket));
    Check::warn(ID, "The same events are recorded, and paid for, more than once")
        .cause(format!("{names} records this region too; the first copy of management events is free, each further one is not"))
        .evidence(buckets)
        .remedy(["ask whoever owns it whether both are needed; it is not underpin's to delete"])
}

fn quota(case: &Case<'_>, trails: &[TrailDescription]) -> Check {
    const ID: &str = "trail.quota";
    let count = trails.len();
    let has_ours = trails.iter().any(|trail| trail.arn == case.trail_arn());
    if count < MOST {
        return Check::pass(ID, format!("{count} of {MOST} trails that a region may have"));
    }
    let title = format!("The region has {count} of {MOST} trails that it may have");
    let cause = "the quota cannot be raised, and trails of other regions and of the organization count";
    let check = if has_ours { Check::warn(ID, title) } else { Check::fail(ID, title) };
    check.cause(cause).remedy(["ask whoever owns the others which one can go"]).explained_by(["trail.others"])
}
