//! The keys of CloudTrail's objects: where, of which account and region, of which hour.
//!
//! ```text
//! [PREFIX/]AWSLogs/[ORGANIZATION/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/ACCOUNT_CloudTrail_REGION_TIME_UNIQUE.json.gz
//! [PREFIX/]AWSLogs/[ORGANIZATION/]ACCOUNT/CloudTrail-Digest/REGION/YYYY/MM/DD/ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOME_TIME[_backfill].json.gz
//! ```
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>

use crate::moment::Moment;

/// A key of CloudTrail's, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// The organization whose trail it is: `o-…`.
    pub organization: Option<&'a str>,
    /// The account whose events these are.
    pub account: &'a str,
    /// `CloudTrail`, `CloudTrail-Digest`, `CloudTrail-Insight` …
    pub folder: &'a str,
    /// The region whose events these are.
    pub region: &'a str,
    /// Everything before the day: equal for all objects of one folder.
    pub place: &'a str,
    /// What the name of the file says.
    pub file: File<'a>,
}

/// What the name of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File<'a> {
    /// A digest.
    Digest {
        /// The trail's name.
        trail: &'a str,
        /// The trail's home region.
        home: &'a str,
        /// When its period ends.
        end: Moment,
        /// Whether it names logs that were delivered late.
        backfill: bool,
    },
    /// A log.
    Log {
        /// The minute of its delivery.
        delivered: Moment,
        /// What tells logs of one minute apart.
        unique: &'a str,
    },
    /// A name that CloudTrail gives to nothing.
    Other,
}

/// The folder of digests.
pub const DIGESTS: &str = "CloudTrail-Digest";

/// The folder of logs.
pub const LOGS: &str = "CloudTrail";

impl<'a> Name<'a> {
    /// Takes the key of one of CloudTrail's objects apart; `prefix` is empty or ends in a slash. `None` for what other
    /// services keep there, and for the empty objects that stand for folders.
    pub fn parse(prefix: &str, key: &'a str) -> Option<Self> {
        let path = key.strip_prefix(prefix)?.strip_prefix("AWSLogs/")?;
        let (first, rest) = path.split_once('/')?;
        let (organization, account, rest) = match first.starts_with("o-") {
            true => rest.split_once('/').map(|(account, rest)| (Some(first), account, rest))?,
            false => (None, first, rest),
        };
        let (folder, rest) = rest.split_once('/')?;
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let is_trail = folder == LOGS || folder.starts_with("CloudTrail-");
        if !is_account || !is_trail || key.ends_with('/') {
            return None;
        }
        let (region, rest) = rest.split_once('/').unwrap_or(("", rest));
        let place = key.strip_suffix(rest)?;
        let file = file(account, folder, region, rest).unwrap_or(File::Other);
        Some(Self { organization, account, folder, region, place, file })
    }

    /// Whether it lies where digests lie.
    pub fn is_digest(&self) -> bool {
        self.folder == DIGESTS
    }
}

/// The name below the region: `YYYY/MM/DD/FILE`.
fn file<'a>(account: &str, folder: &str, region: &str, rest: &'a str) -> Option<File<'a>> {
    let (day, name) = rest.split_at_checked("YYYY/MM/DD".len())?;
    let name = name.strip_prefix('/')?.strip_suffix(".json.gz")?;
    let name = name.strip_prefix(account)?.strip_prefix('_')?.strip_prefix(folder)?;
    let name = name.strip_prefix('_')?.strip_prefix(region)?.strip_prefix('_')?;
    let (file, moment) = if folder == DIGESTS {
        let (name, backfill) = name.strip_suffix("_backfill").map_or((name, false), |name| (name, true));
        let (name, end) = name.rsplit_once('_')?;
        let (trail, home) = name.rsplit_once('_')?;
        let end = Moment::parse_compact(end).filter(|_| end.len() == 16)?;
        (File::Digest { trail, home, end, backfill }, end)
    } else {
        let (delivered, unique) = name.split_once('_')?;
        let delivered = Moment::parse_compact(delivered).filter(|_| delivered.len() == 14)?;
        (File::Log { delivered, unique }, delivered)
    };
    (moment.day() == day).then_some(file)
}

/// The key of a digest in `place`, the folder that [`Name::place`] says.
pub(crate) fn digest_key(place: &str, stem: &str, end: Moment, backfill: bool) -> String {
    let suffix = if backfill { "_backfill" } else { "" };
    format!("{place}{}/{stem}_{}{suffix}.json.gz", end.day(), end.compact())
}

/// The key of a log in `place`.
pub(crate) fn log_key(place: &str, stem: &str, delivered: Moment, unique: &str) -> String {
    format!("{place}{}/{stem}_{}_{unique}.json.gz", delivered.day(), delivered.compact_minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "p/AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11/28/123456789012_CloudTrail_eu-west-1_20261128T0205Z_AbCdEf0123456789.json.gz";
    const DIGEST: &str = "AWSLogs/o-abc/123456789012/CloudTrail-Digest/eu-west-1/2026/11/28/123456789012_CloudTrail-Digest_eu-west-1_a_trail_us-east-1_20261128T020000Z_backfill.json.gz";

    #[test]
    fn keys_are_taken_apart_and_put_together() {
        let name = Name::parse("p/", LOG).unwrap();
        assert_eq!((name.organization, name.account, name.region), (None, "123456789012", "eu-west-1"));
        let File::Log { delivered, unique } = name.file else { panic!("{name:?}") };
        assert_eq!(log_key(name.place, "123456789012_CloudTrail_eu-west-1", delivered, unique), LOG);
        let name = Name::parse("", DIGEST).unwrap();
        assert_eq!((name.organization, name.is_digest()), (Some("o-abc"), true));
        let File::Digest { trail, home, end, backfill } = name.file else { panic!("{name:?}") };
        assert_eq!((trail, home, backfill), ("a_trail", "us-east-1", true));
        let stem = "123456789012_CloudTrail-Digest_eu-west-1_a_trail_us-east-1";
        assert_eq!(digest_key(name.place, stem, end, backfill), DIGEST);
    }

    #[test]
    fn what_is_not_cloudtrails_is_not_taken_for_it() {
        assert_eq!(Name::parse("", LOG), None);
        assert_eq!(Name::parse("", "AWSLogs/123456789012/Config/eu-west-1/x"), None);
        assert_eq!(Name::parse("", "AWSLogs/123456789012/CloudTrail/"), None);
        assert_eq!(Name::parse("", "AWSLogs/12345/CloudTrail/eu-west-1/x"), None);
        let misplaced = LOG.replace("2026/11/28", "2026/11/27");
        for key in [
            misplaced.as_str(),
            "p/AWSLogs/123456789012/CloudTrail/eu-west-1/x",
            "p/AWSLogs/123456789012/CloudTrail/x",
        ] {
            assert_eq!(Name::parse("p/", key).unwrap().file, File::Other, "{key}");
        }
    }
}
