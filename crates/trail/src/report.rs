//! What a verification comes to.

use serde::Serialize;

use crate::finding::{Finding, Kind};
use crate::moment::Moment;

/// What a verification comes to. As JSON it is the document of `trail verify -json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The time that was looked at.
    pub range: Range,
    /// The regions that there are digests of, sorted.
    pub regions: Vec<String>,
    /// How much was looked at.
    pub counts: Counts,
    /// What was found, sorted by time.
    pub findings: Vec<Finding>,
    /// How many findings there are beside those that are listed.
    pub omitted: u64,
    /// Pauses that are known and no findings any more.
    pub accepted: Vec<Finding>,
    /// Up to here the regions' digests are there and signed.
    #[serde(skip)]
    pub(crate) signed_until: Option<Moment>,
}

/// The time that was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Range {
    /// Its begin.
    pub start: Option<Moment>,
    /// Its end.
    pub end: Option<Moment>,
    /// Up to here everything is proven.
    pub proven_until: Option<Moment>,
}

/// How much was looked at, backfill included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Digests that are CloudTrail's.
    pub digests: u64,
    /// Logs that are what a digest says.
    pub logs: u64,
    /// What these logs hold, inflated.
    pub bytes: u64,
    /// Logs that nothing proves.
    pub unproven: u64,
}

impl Report {
    /// Takes the pauses that somebody answers for out of the findings. One that still lasts is none of them.
    #[must_use]
    pub fn accept(mut self, is_accepted: impl Fn(Moment) -> bool) -> Self {
        let known = |finding: &Finding| {
            finding.kind == Kind::GapStopped
                && finding.object.is_some()
                && finding.time.is_some_and(&is_accepted)
        };
        let (accepted, findings) = self.findings.into_iter().partition(known);
        (self.accepted, self.findings) = (accepted, findings);
        self.range.proven_until = self.proven_until();
        self
    }

    /// Up to the first finding, or to the end.
    pub(crate) fn proven_until(&self) -> Option<Moment> {
        let faults = self.findings.iter().filter_map(|finding| finding.time);
        let proven = faults.chain(self.range.end).fold(self.signed_until?, Moment::min);
        Some(proven).filter(|proven| self.range.start.is_none_or(|start| *proven >= start))
    }

    /// Whether everything in the range is proven.
    pub fn is_proven(&self) -> bool {
        self.findings.is_empty() && self.omitted == 0
    }

    /// Whether something is certainly wrong.
    pub fn is_broken(&self) -> bool {
        self.findings.iter().any(|finding| finding.decided)
    }
}
