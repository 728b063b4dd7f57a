//! What no single object says: the two ends of the chains, the times between them, and the logs that no digest names.

mod unnamed;

use std::collections::BTreeSet;

use unnamed::{is_foreign_account, unnamed};

use crate::bundle::Kept;
use crate::chain::{Gap, Hole, missing, named_end};
use crate::event::Event;
use crate::finding::{Finding, Kind};
use crate::inventory::Lane;
use crate::moment::{HOUR, Moment};
use crate::report::{Range, Report};
use crate::scope::{Circumstances, Expiration};
use crate::verification::{LaneState, Verification};

/// How long a digest may take from the end of its period until it is there.
const DELIVERY: i64 = HOUR;

impl Verification {
    /// What it comes to, when [`Self::ask`] needs nothing more.
    pub fn finish(self) -> Report {
        self.finish_with_bundle().0
    }

    /// The same, and what a bundle is made of.
    pub fn finish_with_bundle(mut self) -> (Report, Vec<Kept>) {
        let kept = self.kept.take().unwrap_or_default();
        (conclude(self), kept)
    }
}

/// Looks at what is left, and sums up.
fn conclude(mut verification: Verification) -> Report {
    let start = start(&verification);
    unchecked(&mut verification);
    let start = heads(&mut verification, start);
    gaps(&mut verification);
    newest(&mut verification);
    none(&mut verification, start);
    unnamed(&mut verification, start);
    sum_up(verification, start)
}

fn add(verification: &mut Verification, found: Vec<Finding>) {
    for finding in found {
        verification.findings.add(finding);
    }
}

/// The lanes of the trail without those of late logs.
fn own(verification: &Verification) -> impl Iterator<Item = (&LaneState, &Lane)> {
    let lanes = verification.lanes.iter().zip(&verification.inventory.lanes);
    lanes.filter(|(state, lane)| state.ours && !lane.backfill)
}

/// Where the range begins: at `-since`, unless nothing of that time can be proven any more; else at the oldest digest.
fn start(verification: &Verification) -> Option<Moment> {
    let oldest = own(verification).filter_map(|(state, _)| state.chain.start).min();
    match (verification.inventory.scope.since, oldest) {
        (Some(since), Some(oldest)) => Some(since.max(oldest)),
        (since, oldest) => oldest.or(since),
    }
}

/// Digests whose signature could not be checked: one finding for each key and region. Those of another trail count where
/// they name logs, which could be anybody's.
fn unchecked(verification: &mut Verification) {
    let mut found = Vec::new();
    let lanes = verification.lanes.iter().zip(&verification.inventory.lanes);
    for (state, lane) in lanes.filter(|(state, _)| state.ours || state.vouches) {
        let whose = match state.ours {
            true => String::new(),
            false => {
                format!(
                    " of the trail {}, which name logs beside this trail's,",
                    lane.trail.name.escape_debug()
                )
            }
        };
        for (key, (count, first, from, to)) in &state.chain.unchecked {
            let (kind, detail) = match key {
                Some(key) => (
                    Kind::KeyUnknown,
                    format!(
                        "the key {} that signed {count} digests{whose} from {from} to {to} is not known",
                        key.escape_debug()
                    ),
                ),
                None => (
                    Kind::Unreadable,
                    format!(
                        "this copy has no metadata, so the signatures of {count} digests{whose} from {from} to {to} cannot be checked"
                    ),
                ),
            };
            let finding = Finding::new(kind, detail).decided(false).region(&lane.region);
            found.push(finding.object(first.clone()).time(*from));
        }
    }
    add(verification, found);
}

/// The oldest digest of a region may name one before it that should still be there. Gives back where the range begins:
/// what should be there is in it.
fn heads(verification: &mut Verification, start: Option<Moment>) -> Option<Moment> {
    let start = start?;
    let scope = &verification.inventory.scope;
    if verification.circumstances.expiration == Expiration::Unknown && scope.since.is_none() {
        return Some(start);
    }
    let begin = scope.since.unwrap_or(start);
    let mut found = Vec::new();
    for (index, state) in verification.lanes.iter().enumerate().filter(|(_, state)| state.ours) {
        let Some((lane, head)) = verification.inventory.lanes.get(index).zip(state.chain.head.as_ref())
        else {
            continue;
        };
        let Some(end) = named_end(&scope.prefix, &head.object) else { continue };
        let elsewhere = scope.bucket.as_ref().is_some_and(|bucket| head.bucket != *bucket);
        let present = verification.inventory.has_digest(&head.object);
        let covered = end > begin && scope.covers_digest(end);
        if covered && !elsewhere && !present && !verification.circumstances.expired(end) {
            // Late logs are digested out of order, so that nothing is known of the time between.
            let first = if lane.backfill { begin } else { state.chain.start.unwrap_or(end) };
            found.push((index, lane.region.clone(), head.object.clone(), end, first));
        }
    }
    let start = if found.is_empty() { start } else { begin };
    for (index, region, object, end, first) in found {
        if let Some(state) = verification.lanes.get_mut(index) {
            state.chain.holes.push(Hole { from: begin, to: first, decided: true });
        }
        let detail = missing(begin, first, "the digest after it");
        let finding = Finding::new(Kind::DigestMissing, detail).region(&region).object(object).time(end);
        verification.findings.add(finding);
    }
    Some(start)
}

/// Times without digests, with what the trail's own events say about them.
fn gaps(verification: &mut Verification) {
    let mut found = Vec::new();
    let trail = verification.trail.clone();
    let home = trail.as_ref().map(|trail| trail.home.clone()).unwrap_or_default();
    let unseen = !verification.inventory.scope.regions.is_empty()
        && !verification.inventory.scope.regions.contains(&home);
    for (state, lane) in own(verification) {
        for (gap, events) in state.chain.gaps.iter().zip(&state.events) {
            let Gap { from, to, key } = gap;
            let about = |event: &&Event| {
                let name = event.trail.rsplit_once('/').map_or(event.trail.as_str(), |(_, name)| name);
                let ours = trail.as_ref().is_some_and(|trail| trail.name == name);
                let here = !event.elsewhere || lane.region != home;
                ours && here && event.time < *to && event.time > from.plus(-2 * HOUR)
            };
            let finding = match events.iter().filter(about).max_by_key(|event| event.time) {
                Some(Event { time, name, who, source, .. }) => {
                    let (who, source) = (who.escape_debug(), source.escape_debug());
                    let detail = format!(
                        "nothing was recorded from {from} to {to}: {name} by {who} from {source} at {time}"
                    );
                    Finding::new(Kind::GapStopped, detail)
                }
                None => {
                    let why = match unseen {
                        true => format!(
                            "; the events of the trail's home region {home}, which may say why, were not looked at"
                        ),
                        false => ", and no proven event of the trail says why".to_owned(),
                    };
                    let detail = format!("there is no digest from {from} to {to}{why}");
                    Finding::new(Kind::GapUnexplained, detail).decided(!unseen)
                }
            };
            found.push(finding.region(&lane.region).object(key.clone()).time(*from));
        }
    }
    add(verification, found);
}

/// When the period of the newest digest has to end at the earliest, in a region; `None` when that is not known.
fn expected(circumstances: &Circumstances, home: bool, until: Option<Moment>) -> Option<Moment> {
    if circumstances.logging == Some(false) {
        return circumstances
            .stopped
            .map(|stopped| until.map_or(stopped, |until| until.min(stopped)).plus(-HOUR));
    }
    let by_clock = circumstances.now.map(|now| now.plus(-DELIVERY));
    let by_trail = circumstances.latest_digest.filter(|_| home);
    let possible = by_clock.max(by_trail);
    let end = match (possible, until) {
        (Some(possible), Some(until)) => Some(possible.min(until)),
        (possible, until) => possible.or(until),
    };
    end.map(|end| end.plus(-HOUR))
}

/// Digests that were there last, and are not any more; and a trail that does not record now.
fn newest(verification: &mut Verification) {
    let until = verification.inventory.scope.until;
    let lanes: Vec<_> = own(verification)
        .filter_map(|(state, lane)| {
            Some((lane.region.clone(), lane.trail.home == lane.region, state.chain.last?))
        })
        .collect();
    let latest = lanes.iter().map(|(_, _, newest)| *newest).max();
    let told: BTreeSet<String> = verification
        .findings
        .list
        .iter()
        .filter(|finding| finding.kind == Kind::NewestMissing)
        .filter_map(|finding| finding.region.clone())
        .collect();
    for (region, home, newest) in lanes {
        let known = expected(&verification.circumstances, home, until);
        // A plain copy has no clock but its own newest digest.
        let expected = known.or_else(|| latest.map(|latest| latest.plus(-2 * HOUR)));
        let Some(expected) = expected.filter(|expected| newest <= *expected && !told.contains(&region))
        else {
            continue;
        };
        let detail =
            format!("the newest digest ends at {newest}; there must be one that ends after {expected}");
        let finding = Finding::new(Kind::NewestMissing, detail).region(&region).time(newest);
        verification.findings.add(finding);
    }
    let Circumstances { logging, stopped, .. } = verification.circumstances;
    let within = |stopped: Moment| until.is_none_or(|until| stopped < until);
    if logging == Some(false) && stopped.is_none_or(within) && !verification.lanes.is_empty() {
        let since = stopped.map(|stopped| format!(" since {stopped}")).unwrap_or_default();
        let detail = format!("the trail does not record{since}");
        verification.findings.add(Finding::new(Kind::GapStopped, detail).time(stopped));
    }
}

/// No digest at all, or none of a region that has logs.
fn none(verification: &mut Verification, start: Option<Moment>) {
    if own(verification).next().is_none() {
        let young = matches!(
            (verification.circumstances.started, verification.circumstances.now),
            (Some(started), Some(now)) if started.plus(HOUR + DELIVERY) > now
        );
        let regions: Vec<&str> = verification.inventory.scope.regions.iter().map(String::as_str).collect();
        let detail = match (verification.circumstances.validation, young, regions.as_slice()) {
            (Some(false), ..) => "the trail writes no digests: log file validation is off".to_owned(),
            (_, true, _) => {
                "the trail records for less than two hours: its first digest may still be on its way"
                    .to_owned()
            }
            (.., []) => "there is not one digest of the trail in this time".to_owned(),
            (.., regions) => {
                format!("there is not one digest of the trail in this time in {}", regions.join(", "))
            }
        };
        verification.findings.add(Finding::new(Kind::NoDigests, detail).decided(!young).time(start));
        return;
    }
    let several = own(verification).map(|(_, lane)| &lane.region).collect::<BTreeSet<_>>().len() > 1;
    if !verification.inventory.scope.multi_region.unwrap_or(several) {
        return;
    }
    let with: BTreeSet<String> = own(verification).map(|(_, lane)| lane.region.clone()).collect();
    let folders = verification.inventory.folders.iter();
    let without: BTreeSet<String> = folders
        .filter(|folder| {
            folder.is_plain() && !is_foreign_account(verification, folder) && !with.contains(&folder.region)
        })
        .filter(|folder| {
            folder
                .logs
                .iter()
                .any(|log| !log.named && !log.marked && start.is_none_or(|start| log.delivered() >= start))
        })
        .map(|folder| folder.region.clone())
        .collect();
    for region in without {
        let detail = format!("there are logs of {region}, and not one digest");
        verification.findings.add(Finding::new(Kind::NoDigests, detail).region(&region).time(start));
    }
}

fn sum_up(verification: Verification, start: Option<Moment>) -> Report {
    let regions: BTreeSet<String> = own(&verification).map(|(_, lane)| lane.region.clone()).collect();
    let until = verification.inventory.scope.until;
    let newest: Vec<Moment> = own(&verification).filter_map(|(state, _)| state.chain.newest).collect();
    let end = until.or(newest.iter().max().copied());
    let mut findings = verification.findings.list;
    findings.sort_by(|a, b| (a.time, &a.region, a.kind).cmp(&(b.time, &b.region, b.kind)));
    let unchecked = own_unchecked(&verification.lanes);
    let mut report = Report {
        range: Range { start, end, proven_until: None },
        regions: regions.into_iter().collect(),
        counts: verification.counts,
        findings,
        omitted: verification.findings.omitted,
        accepted: Vec::new(),
        signed_until: newest.iter().min().copied().filter(|_| !unchecked),
    };
    report.range.proven_until = report.proven_until();
    report
}

fn own_unchecked(lanes: &[LaneState]) -> bool {
    lanes.iter().any(|state| state.ours && !state.chain.unchecked.is_empty())
}
