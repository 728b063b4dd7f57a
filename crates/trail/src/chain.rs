//! The digests of one account and region, in the order of time: each vouches for the one before it.

mod link;

use std::collections::BTreeMap;

use link::{Evidence, compare};
pub(crate) use link::{Link, Weight, object_of};

use crate::digest::{Digest, NamedLog, Previous};
use crate::finding::{Finding, Kind};
use crate::moment::{HOUR, Moment};
use crate::name::{File, Name};

/// How far the periods of two digests that follow each other may lie apart.
const MINUTE: i64 = 60;

/// A time without digests.
#[derive(Clone, Debug)]
pub(crate) struct Gap {
    pub from: Moment,
    pub to: Moment,
    pub key: String,
}

/// A time that no digest proves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hole {
    pub from: Moment,
    pub to: Moment,
    /// Whether it is so; a digest that could not be read may prove it after all.
    pub decided: bool,
}

/// What is known of a chain so far.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    pending: Option<Link>,
    /// When the first digest's period begins.
    pub start: Option<Moment>,
    /// The digest that the first one names.
    pub head: Option<Previous>,
    /// When the period of the newest digest ends that is CloudTrail's.
    pub newest: Option<Moment>,
    /// Times that no digest proves.
    pub holes: Vec<Hole>,
    /// Times without digests, to be explained.
    pub gaps: Vec<Gap>,
    /// Those whose signature cannot be checked, by the key's name: how many, and the first and the last.
    pub unchecked: BTreeMap<Option<String>, (u64, String, Moment, Moment)>,
    /// The end of the newest digest so far, whatever it is worth.
    pub last: Option<Moment>,
}

/// A digest whose place in the chain is known.
pub(crate) struct Settled {
    pub link: Link,
    /// Whether its logs are to be compared with it.
    pub trusted: bool,
    pub findings: Vec<Finding>,
}

/// What a chain has to be told about the others.
pub(crate) struct Surroundings<'a> {
    pub bucket: Option<&'a str>,
    pub prefix: &'a str,
    pub region: &'a str,
    pub backfill: bool,
    /// Whether a digest is where its key says.
    pub present: &'a dyn Fn(&str) -> bool,
    /// Whether the bucket may have expired it.
    pub expired: &'a dyn Fn(Moment) -> bool,
    /// Whether the range covers a digest that ends then.
    pub covers: &'a dyn Fn(Moment) -> bool,
}

impl Surroundings<'_> {
    /// Whether a digest was delivered to another bucket than the one that is looked at.
    fn is_elsewhere(&self, digest: &Previous) -> bool {
        self.bucket.is_some_and(|bucket| digest.bucket != bucket)
    }
}

impl Chain {
    /// Takes the next digest; gives back the one before it, about which now all is known.
    pub(crate) fn next(&mut self, link: Link, around: &Surroundings<'_>) -> Option<Settled> {
        let before = self.pending.take();
        let mut findings = Vec::new();
        let mut evidence = Evidence::Silent;
        match (&before, link.speaks()) {
            (None, _) => {
                self.start = Some(link.begin());
                self.head = link.speaks().and_then(|digest| digest.previous.clone());
            }
            (Some(before), Some(digest)) if !around.backfill => match &digest.previous {
                Some(previous) if previous.object == before.key => {
                    evidence = compare(previous, before);
                    if digest.start > before.end.plus(MINUTE) {
                        self.pause(before.end, digest.start, &link.key);
                    }
                }
                _ => findings.extend(self.broken(before, &link, digest, around)),
            },
            (Some(before), Some(digest)) => match &digest.previous {
                Some(previous) if previous.object == before.key => evidence = compare(previous, before),
                Some(previous) => findings.extend(lost(previous, &link.key, around)),
                None => {}
            },
            (Some(_), None) => {}
        }
        let settled = before.map(|before| self.settle(before, evidence, around));
        self.pending = Some(link);
        settled.map(|mut settled| {
            settled.findings.append(&mut findings);
            settled
        })
    }

    /// The last digest.
    pub(crate) fn end(&mut self, around: &Surroundings<'_>) -> Option<Settled> {
        let last = self.pending.take()?;
        let mut settled = self.settle(last, Evidence::Silent, around);
        for finding in settled.findings.iter_mut().filter(|finding| finding.kind == Kind::DigestMissing) {
            finding.kind = Kind::NewestMissing;
        }
        Some(settled)
    }

    /// `link` does not go on from `before`.
    fn broken(
        &mut self,
        before: &Link,
        link: &Link,
        digest: &Digest,
        around: &Surroundings<'_>,
    ) -> Option<Finding> {
        let restarted = |detail: String| {
            let finding = Finding::new(Kind::ChainRestarted, detail).region(around.region);
            Some(finding.object(link.key.clone()).time(digest.start))
        };
        let Some(previous) = &digest.previous else {
            if digest.start > before.end {
                self.pause(before.end, digest.start, &link.key);
                return None;
            }
            return restarted(format!("this digest names none before it, though {} was there", before.key));
        };
        if around.is_elsewhere(previous) {
            self.holes.push(Hole { from: before.end, to: digest.start, decided: false });
            let detail = format!(
                "{} goes on from it, in a bucket that was not looked at: nothing here says what was recorded from {} to {}",
                link.key, before.end, digest.start
            );
            let finding = Finding::new(Kind::Unreadable, detail).decided(false).region(around.region);
            let object = format!("s3://{}/{}", previous.bucket, previous.object);
            return Some(finding.object(object).time(before.end));
        }
        if (around.present)(&previous.object) {
            return restarted(format!(
                "this digest goes on from {}, and not from {}",
                previous.object, before.key
            ));
        }
        self.holes.push(Hole { from: before.end, to: digest.start, decided: true });
        let time = named_end(around.prefix, &previous.object).unwrap_or(digest.start);
        if (around.expired)(time) {
            return None;
        }
        let finding = Finding::new(Kind::DigestMissing, missing(before.end, digest.start, &link.key));
        Some(finding.region(around.region).object(previous.object.clone()).time(time))
    }

    /// Nothing was recorded between two digests.
    fn pause(&mut self, from: Moment, to: Moment, key: &str) {
        self.gaps.push(Gap { from, to, key: key.to_owned() });
        self.holes.push(Hole { from, to, decided: true });
    }

    fn settle(&mut self, link: Link, evidence: Evidence, around: &Surroundings<'_>) -> Settled {
        let begin = self.last.unwrap_or_else(|| link.begin());
        self.last = Some(link.end);
        let evidence = if link.altered { Evidence::Denies } else { evidence };
        let (trusted, verdicts) = link.verdict(evidence, around);
        let trusted = trusted || link.version.is_some();
        if let (true, Weight::Unchecked(key)) = (trusted, &link.standing) {
            let known = self.unchecked.entry(key.clone());
            let known = known.or_insert_with(|| (0, link.key.clone(), link.end, link.end));
            known.0 += 1;
            known.3 = link.end;
        }
        if trusted {
            self.newest = Some(link.end);
        } else if !around.backfill {
            let decided = !matches!(link.standing, Weight::Unreadable(_));
            self.holes.push(Hole { from: begin.min(link.end.plus(-HOUR)), to: link.end, decided });
        }
        let findings = verdicts.into_iter().map(|finding| Finding {
            version: link.version.clone(),
            ..finding.region(around.region).object(link.key.clone()).time(link.end)
        });
        Settled { findings: findings.collect(), link, trusted }
    }
}

impl Settled {
    /// The logs that the digest names.
    pub(crate) fn logs(&mut self) -> Vec<NamedLog> {
        self.link.digest.as_mut().map(|digest| std::mem::take(&mut digest.logs)).unwrap_or_default()
    }
}

/// A digest of late logs that another one of them names, and that is not there: they are not in the order of their periods.
fn lost(previous: &Previous, successor: &str, around: &Surroundings<'_>) -> Option<Finding> {
    let end = named_end(around.prefix, &previous.object)?;
    if around.is_elsewhere(previous)
        || (around.present)(&previous.object)
        || (around.expired)(end)
        || !(around.covers)(end)
    {
        return None;
    }
    let finding = Finding::new(Kind::DigestMissing, missing(end, end, successor)).region(around.region);
    Some(finding.object(previous.object.clone()).time(end))
}

/// What is to be said about a digest that only its successor knows.
pub(crate) fn missing(from: Moment, to: Moment, successor: &str) -> String {
    let hours = (to.unix() - from.unix()) / HOUR;
    let more = if hours > 1 {
        format!(", and perhaps others: {hours} hours are without a digest")
    } else {
        String::new()
    };
    format!("{successor} names it, and it is not there{more}")
}

/// The end of a digest's period, as its key says.
pub(crate) fn named_end(prefix: &str, key: &str) -> Option<Moment> {
    match Name::parse(prefix, key)?.file {
        File::Digest { end, .. } => Some(end),
        _ => None,
    }
}
