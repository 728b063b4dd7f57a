//! The flags that say which trail, and which time of it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use terraform::Diagnostic;
use trail::{Moment, Scope, TrailId};

use crate::error::CliError;

/// Which trail, and which time of it.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Which {
    /// Reads the copy in this folder, and not the bucket
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
    /// The trail; found in the state when not given
    #[arg(long, value_name = "ARN")]
    pub trail: Option<String>,
    /// The trail's bucket; CloudTrail is asked when not given
    #[arg(long, value_name = "NAME")]
    pub bucket: Option<String>,
    /// What stands before AWSLogs in the bucket
    #[arg(long, value_name = "PREFIX")]
    pub prefix: Option<String>,
    /// From when, as 2026-01-31 or 2026-01-31T12:00:00Z; from the oldest digest when not given
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub since: Option<Moment>,
    /// Until when; until the newest digest when not given
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub until: Option<Moment>,
    /// Only these regions, separated by commas
    #[arg(long, value_name = "REGIONS", value_delimiter = ',')]
    pub region: Vec<String>,
    /// Only these accounts of an organization, separated by commas; logs of theirs are not foreign
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub accounts: Vec<String>,
}

impl Which {
    /// The trail that is named, if one is.
    ///
    /// # Errors
    /// What was given is no ARN of a trail; the range ends before it begins.
    pub(super) fn check(&self) -> Result<Option<TrailId>, CliError> {
        if let (Some(since), Some(until)) = (self.since, self.until)
            && since >= until
        {
            let detail = format!("-since is {since}, and -until is {until}.");
            return Err(Diagnostic::error("The range ends before it begins", detail).into());
        }
        let no_account = |id: &&String| id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(id) = self.accounts.iter().find(no_account) {
            let detail =
                format!("`{}` in -accounts is not the 12 digits of an account's id.", id.escape_debug());
            return Err(Diagnostic::error("Invalid account", detail).into());
        }
        self.trail.as_deref().map(trail_of).transpose()
    }

    /// The scope, narrowed to what the flags say.
    pub(super) fn narrow(&self, scope: Scope) -> Scope {
        let narrowed = |set: &[String], before: BTreeSet<String>| {
            if set.is_empty() { before } else { set.iter().cloned().collect() }
        };
        Scope {
            since: self.since.max(scope.since),
            until: match (self.until, scope.until) {
                (Some(own), Some(before)) => Some(own.min(before)),
                (own, before) => own.or(before),
            },
            regions: narrowed(&self.region, scope.regions),
            accounts: narrowed(&self.accounts, scope.accounts),
            ..scope
        }
    }
}

/// The trail of an ARN.
///
/// # Errors
/// It is none.
pub(super) fn trail_of(arn: &str) -> Result<TrailId, CliError> {
    TrailId::from_arn(arn).ok_or_else(|| {
        let detail = format!("`{}` is not the ARN of a trail.", arn.escape_debug());
        let example = "arn:PARTITION:cloudtrail:REGION:ACCOUNT:trail/NAME";
        Diagnostic::error("Invalid trail", detail).hint(format!("write it as {example}")).into()
    })
}

fn time(text: &str) -> Result<Moment, String> {
    Moment::parse(text).ok_or_else(|| "write a time as 2026-01-31 or 2026-01-31T12:00:00Z".to_owned())
}
