//! What a copy is of.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use trail::{Circumstances, Moment, Scope, TrailId};

/// What a copy is of, as `.underpin/trail.json` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// The trail.
    pub trail: Option<TrailId>,
    /// The bucket.
    pub bucket: String,
    /// What stands before `AWSLogs/`: empty, or ending in a slash.
    pub prefix: String,
    /// The organization whose trail it is.
    #[serde(default)]
    pub organization: Option<String>,
    /// Only these accounts, when there are any.
    #[serde(default)]
    pub accounts: BTreeSet<String>,
    /// Only these regions, when there are any.
    #[serde(default)]
    pub regions: BTreeSet<String>,
    /// Whether the trail records all regions.
    #[serde(default)]
    pub multi_region: Option<bool>,
    /// From when.
    #[serde(default)]
    pub since: Option<Moment>,
    /// Until when.
    #[serde(default)]
    pub until: Option<Moment>,
    /// What AWS said of the trail when it was copied.
    #[serde(default)]
    pub circumstances: Circumstances,
    /// Whether everything was copied.
    #[serde(default)]
    pub complete: bool,
    /// What could not be copied, and why.
    #[serde(default)]
    pub unreadable: Vec<(String, String)>,
}

impl Description {
    /// What a verification of the copy covers.
    pub fn scope(&self) -> Scope {
        Scope {
            bucket: Some(self.bucket.clone()),
            prefix: self.prefix.clone(),
            trail: self.trail.clone(),
            organization: self.organization.clone(),
            accounts: self.accounts.clone(),
            regions: self.regions.clone(),
            multi_region: self.multi_region,
            since: self.since,
            until: self.until,
        }
    }

    /// The description of a copy of `scope`.
    pub fn of(scope: &Scope, circumstances: Circumstances) -> Self {
        Self {
            trail: scope.trail.clone(),
            bucket: scope.bucket.clone().unwrap_or_default(),
            prefix: scope.prefix.clone(),
            organization: scope.organization.clone(),
            accounts: scope.accounts.clone(),
            regions: scope.regions.clone(),
            multi_region: scope.multi_region,
            since: scope.since,
            until: scope.until,
            circumstances,
            complete: false,
            unreadable: Vec::new(),
        }
    }
}
