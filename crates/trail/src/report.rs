//! What a verification comes to.

use serde::Serialize;

use crate::finding::Finding;
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
    /// Whether everything in the range is proven.
    pub fn is_proven(&self) -> bool {
        self.findings.is_empty() && self.omitted == 0
    }

    /// Whether something is certainly wrong.
    pub fn is_broken(&self) -> bool {
        self.findings.iter().any(|finding| finding.decided)
    }
}
