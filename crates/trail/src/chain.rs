//! The digests of one account and region, in the order of time: each vouches for the one before it.

use std::collections::BTreeMap;

use crate::digest::{Digest, NamedLog, Previous};
use crate::examine::{Answer, Opened, Standing};
use crate::finding::{Finding, Kind};
use crate::hash::Hash;
use crate::moment::{HOUR, Moment};
use crate::name::{File, Name};

/// A digest as it stands in its place.
#[derive(Debug)]
pub(crate) struct Link {
    pub key: String,
    pub end: Moment,
    pub standing: Weight,
    /// What it says, where that can be relied on or at least read; and the hash of its content.
    pub digest: Option<Digest>,
    pub hash: Option<Hash>,
    pub signature: Option<String>,
    /// The older version that is CloudTrail's, where the current one is not.
    pub version: Option<String>,
    /// Whether that version's content is another than the current one's.
    altered: bool,
    pub content: Option<Vec<u8>>,
}

/// What a digest is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// CloudTrail's, in its place.
    Genuine,
    /// Nothing speaks against it, but its signature cannot be checked: the key's name, or none where there are no metadata.
    Unchecked(Option<String>),
    /// It was written to another place.
    Moved(String),
    /// Its signature is not CloudTrail's, and why that is so.
    Unsigned(&'static str),
    /// It is no digest.
    NoDigest(String),
    /// A delete marker hides it.
    Marked,
    /// It was listed and is gone.
    Gone,
    /// It could not be read.
    Unreadable(String),
}

/// What the digest after it says about a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Evidence {
    Silent,
    Confirms,
    Denies,
}

/// A time without digests.
#[derive(Clone, Debug)]
pub(crate) struct Gap {
    pub from: Moment,
    pub to: Moment,
    pub key: String,
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
    pub holes: Vec<(Moment, Moment)>,
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
}

impl Link {
    /// Weighs the current object and its older versions; the current one is the first.
    pub(crate) fn weigh(
        key: String,
        end: Moment,
        bucket: Option<&str>,
        answers: Vec<(Option<String>, Answer)>,
    ) -> Self {
        let mut link = Self {
            key,
            end,
            standing: Weight::Gone,
            digest: None,
            hash: None,
            signature: None,
            version: None,
            altered: false,
            content: None,
        };
        for (index, (version, answer)) in answers.into_iter().enumerate() {
            match answer {
                Answer::Digest(opened) => {
                    let weight = weight(&opened, &link.key, bucket);
                    if index == 0 {
                        link.standing = weight;
                        link.fill(*opened);
                    } else if weight == Weight::Genuine && link.standing != Weight::Genuine {
                        let current = link.hash;
                        link.fill(*opened);
                        (link.altered, link.version) = (current != link.hash, version);
                        return link;
                    }
                }
                Answer::Unreadable(reason) if index == 0 => link.standing = Weight::Unreadable(reason),
                _ => {}
            }
        }
        link
    }

    fn fill(&mut self, opened: Opened) {
        self.hash = opened.hash;
        self.signature = opened.signature;
        self.content = opened.content;
        self.digest = opened.digest.ok();
    }

    /// What it says, unless it says it in a wrong place or under a wrong signature.
    fn speaks(&self) -> Option<&Digest> {
        let relied =
            matches!(self.standing, Weight::Genuine | Weight::Unchecked(_)) || self.version.is_some();
        self.digest.as_ref().filter(|_| relied)
    }

    fn begin(&self) -> Moment {
        self.speaks().map_or(self.end.plus(-HOUR), |digest| digest.start)
    }
}

fn weight(opened: &Opened, key: &str, bucket: Option<&str>) -> Weight {
    let digest = match &opened.digest {
        Err(reason) => return Weight::NoDigest(reason.clone()),
        Ok(digest) => digest,
    };
    if digest.object != key || bucket.is_some_and(|bucket| digest.bucket != bucket) {
        return match opened.standing {
            Standing::Invalid => Weight::Unsigned(
                "it says that it was written elsewhere, and its signature is not CloudTrail's",
            ),
            _ => Weight::Moved(format!("s3://{}/{}", digest.bucket, digest.object)),
        };
    }
    match opened.standing {
        Standing::Valid => Weight::Genuine,
        Standing::Invalid => Weight::Unsigned("its signature is not CloudTrail's"),
        Standing::Unsigned => Weight::Unsigned("the object has no signature in its metadata"),
        Standing::KeyUnknown => Weight::Unchecked(Some(digest.fingerprint.clone())),
        Standing::NoMetadata => Weight::Unchecked(None),
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
                Some(previous) if previous.object == before.key => evidence = compare(previous, before),
                _ => findings.extend(self.broken(before, &link, digest, around)),
            },
            (Some(before), Some(digest)) => {
                if let Some(previous) =
                    digest.previous.as_ref().filter(|previous| previous.object == before.key)
                {
                    evidence = compare(previous, before);
                }
            }
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
                self.gaps.push(Gap { from: before.end, to: digest.start, key: link.key.clone() });
                self.holes.push((before.end, digest.start));
                return None;
            }
            return restarted(format!("this digest names none before it, though {} was there", before.key));
        };
        if around.bucket.is_some_and(|bucket| previous.bucket != bucket) {
            return None;
        }
        if (around.present)(&previous.object) {
            return restarted(format!(
                "this digest goes on from {}, and not from {}",
                previous.object, before.key
            ));
        }
        self.holes.push((before.end, digest.start));
        let time = named_end(around.prefix, &previous.object).unwrap_or(digest.start);
        if (around.expired)(time) {
            return None;
        }
        let finding = Finding::new(Kind::DigestMissing, missing(before.end, digest.start, &link.key));
        Some(finding.region(around.region).object(previous.object.clone()).time(time))
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
            self.holes.push((begin.min(link.end.plus(-HOUR)), link.end));
        }
        let findings = verdicts.into_iter().map(|finding| Finding {
            version: link.version.clone(),
            ..finding.region(around.region).object(link.key.clone()).time(link.end)
        });
        Settled { findings: findings.collect(), link, trusted }
    }
}

impl Link {
    /// Whether its content can be relied on, and what is to be said of it.
    fn verdict(&self, evidence: Evidence, around: &Surroundings<'_>) -> (bool, Vec<Finding>) {
        let changed = "its content is not what the digest after it says";
        let one = |trusted, kind, detail: String| (trusted, vec![Finding::new(kind, detail)]);
        match (&self.standing, evidence) {
            (Weight::Genuine, Evidence::Denies) => {
                one(true, Kind::DigestChanged, format!("{changed}, though its own signature is CloudTrail's"))
            }
            (Weight::Genuine, _) => (true, Vec::new()),
            (Weight::Unchecked(_), Evidence::Denies) => one(false, Kind::DigestChanged, changed.to_owned()),
            (Weight::Unchecked(_), _) => (true, Vec::new()),
            (Weight::Unsigned(why), Evidence::Confirms) => one(
                true,
                Kind::SignatureInvalid,
                format!("{why}; its content is what the digest after it says"),
            ),
            (Weight::Unsigned(why), Evidence::Denies) => {
                one(false, Kind::DigestChanged, format!("{changed}, and {why}"))
            }
            (Weight::Unsigned(why), Evidence::Silent) => {
                one(false, Kind::SignatureInvalid, (*why).to_owned())
            }
            (Weight::Moved(origin), _) => {
                let moved = format!("it is the digest that CloudTrail wrote to {origin}");
                let mut findings = vec![Finding::new(Kind::DigestMoved, moved)];
                if (around.present)(object_of(origin)) {
                    let twice = format!("the same digest is at {origin} too");
                    findings.push(Finding::new(Kind::DigestDuplicate, twice));
                }
                (false, findings)
            }
            (Weight::NoDigest(why), _) => one(false, Kind::DigestChanged, why.clone()),
            (Weight::Marked, _) if (around.expired)(self.end) => (false, Vec::new()),
            (Weight::Marked, _) => {
                one(false, Kind::DigestMissing, "somebody deleted it: a delete marker hides it".to_owned())
            }
            (Weight::Gone, _) => one(
                false,
                Kind::DigestMissing,
                "it was there when the objects were listed, and is gone".to_owned(),
            ),
            (Weight::Unreadable(why), _) => {
                (false, vec![Finding::new(Kind::Unreadable, why.clone()).decided(false)])
            }
        }
    }
}

impl Settled {
    /// The logs that the digest names.
    pub(crate) fn logs(&mut self) -> Vec<NamedLog> {
        self.link.digest.as_mut().map(|digest| std::mem::take(&mut digest.logs)).unwrap_or_default()
    }
}

/// What a digest says about the one before it.
fn compare(previous: &Previous, before: &Link) -> Evidence {
    match (previous.hash, before.hash) {
        (Some(said), Some(is)) if said == is => Evidence::Confirms,
        (Some(_), Some(_)) => Evidence::Denies,
        _ => Evidence::Silent,
    }
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

/// The key in an address `s3://BUCKET/KEY`.
fn object_of(address: &str) -> &str {
    address.strip_prefix("s3://").and_then(|rest| rest.split_once('/')).map_or("", |(_, key)| key)
}

/// The end of a digest's period, as its key says.
pub(crate) fn named_end(prefix: &str, key: &str) -> Option<Moment> {
    match Name::parse(prefix, key)?.file {
        File::Digest { end, .. } => Some(end),
        _ => None,
    }
}
