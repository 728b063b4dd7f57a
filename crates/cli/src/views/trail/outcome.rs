//! What the commands come to, and the views show.

use serde::{Deserialize, Serialize};
use trail::bundle::Kept;
use trail::{Moment, Report, TrailId};

/// What a verification came to.
pub(crate) struct Verified {
    /// Of which trail.
    pub trail: Option<TrailId>,
    /// The bucket, where it is known.
    pub bucket: Option<String>,
    /// What it came to.
    pub report: Report,
    /// What a bundle is made of.
    pub kept: Vec<Kept>,
}

/// What was copied.
#[derive(Debug, Default)]
pub(crate) struct Copied {
    /// Objects that were fetched now.
    pub fetched: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Objects that were there already.
    pub kept: u64,
    /// Objects that could not be read, and why.
    pub unreadable: Vec<(String, String)>,
}

/// The last verification, and what it came to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Last {
    /// When it was.
    pub at: Moment,
    /// From when it proved.
    pub start: Option<Moment>,
    /// Until when.
    pub proven_until: Option<Moment>,
    /// How many logs.
    pub logs: u64,
    /// How many findings there were.
    pub findings: usize,
}
