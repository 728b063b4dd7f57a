//! Which trail, which time, and what is known about it besides its objects.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::moment::{HOUR, Moment};

/// What is to be verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The bucket; unknown for a plain copy.
    pub bucket: Option<String>,
    /// What stands before `AWSLogs/`: empty, or ending in a slash.
    pub prefix: String,
    /// The trail; where it is not given, the only one whose digests are there.
    pub trail: Option<TrailId>,
    /// The organization whose trail it is.
    pub organization: Option<String>,
    /// Only these accounts, when there are any; none of them is foreign.
    pub accounts: BTreeSet<String>,
    /// Only these regions, when there are any.
    pub regions: BTreeSet<String>,
    /// Whether the trail records all regions; unknown for a plain copy.
    pub multi_region: Option<bool>,
    /// From when.
    pub since: Option<Moment>,
    /// Until when.
    pub until: Option<Moment>,
}

impl Scope {
    /// Whether a part of the time between two moments is to be verified.
    pub(crate) fn covers(&self, begin: Moment, end: Moment) -> bool {
        self.since.is_none_or(|since| end > since) && self.until.is_none_or(|until| begin < until)
    }

    /// Whether a part of the hour of a digest is to be verified.
    pub(crate) fn covers_digest(&self, end: Moment) -> bool {
        self.covers(end.plus(-HOUR), end)
    }
}

/// What tells trails apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TrailId {
    /// Its name.
    pub name: String,
    /// Its home region.
    pub home: String,
    /// Its account, where it is known.
    pub account: Option<String>,
}

impl TrailId {
    /// Reads `arn:aws:cloudtrail:REGION:ACCOUNT:trail/NAME`.
    pub fn from_arn(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let (prefix, _partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (home, account) = (parts.next()?, parts.next()?);
        let name = parts.next()?.strip_prefix("trail/")?;
        let usable = prefix == "arn" && service == "cloudtrail" && !home.is_empty() && !name.is_empty();
        usable.then(|| Self {
            name: name.to_owned(),
            home: home.to_owned(),
            account: Some(account.to_owned()),
        })
    }
}

/// What is known about a trail besides its objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// The store's clock when the objects were listed.
    #[serde(default)]
    pub now: Option<Moment>,
    /// When the trail last delivered a digest, as `GetTrailStatus` says.
    #[serde(default)]
    pub latest_digest: Option<Moment>,
    /// Whether the trail records.
    #[serde(default)]
    pub logging: Option<bool>,
    /// When it last began to.
    #[serde(default)]
    pub started: Option<Moment>,
    /// When it last ceased to.
    #[serde(default)]
    pub stopped: Option<Moment>,
    /// Whether the trail writes digests.
    #[serde(default)]
    pub validation: Option<bool>,
    /// When the bucket expires its objects.
    #[serde(default)]
    pub expiration: Expiration,
}

/// When a bucket expires its objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expiration {
    /// It is not known.
    #[default]
    Unknown,
    /// Never.
    Never,
    /// After so many days.
    Days(u32),
}

impl Circumstances {
    /// Whether the bucket may have expired an object of that time.
    pub fn expired(&self, time: Moment) -> bool {
        match (self.expiration, self.now) {
            (Expiration::Days(days), Some(now)) => time.plus(i64::from(days) * 86_400) <= now,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_of_trails_are_told_from_others() {
        let trail = TrailId::from_arn("arn:aws:cloudtrail:eu-west-1:123456789012:trail/a").unwrap();
        assert_eq!((trail.name.as_str(), trail.home.as_str()), ("a", "eu-west-1"));
        for arn in [
            "",
            "a",
            "arn:aws:s3:::b",
            "arn:aws:cloudtrail:eu-west-1:123456789012:trail/",
            "arn:aws:cloudtrail:eu-west-1:1:channel/a",
        ] {
            assert_eq!(TrailId::from_arn(arn), None, "{arn}");
        }
    }
}
