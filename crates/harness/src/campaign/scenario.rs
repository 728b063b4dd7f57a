//! What is broken: a first apply in either profile and with monitoring, changes of the settings, a destroy.

use crate::error::Error;
use crate::oracles::Oracles;
use crate::tool::{Backend, Tool};
use crate::world::Baseline;

/// A command with what must be there before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// The first apply in an empty account.
    First,
    /// The same in the profile that makes the module's document and no more.
    Document,
    /// The same with somebody who is told.
    Watched,
    /// A change of key policy, roles, tags, selectors and lifecycle, which makes the Fargate role.
    Change,
    /// The same change taken back, which removes the Fargate role.
    Revert,
    /// The destroy.
    Destroy,
    /// The destroy with somebody who is told.
    WatchedDestroy,
}

/// The file with the settings beyond the example's.
const FILE: &str = "campaign.auto.tfvars";

const WHOLE: &str = r#"artos_ecr_aws_account         = "210987654321"
create_node_instance_profile  = true
cloudtrail_log_retention_days = 90
"#;

const WATCHED: &str = r#"artos_ecr_aws_account = "210987654321"
monitoring = {
  emails          = ["ops@example.com"]
  heartbeat       = true
  trail_topic     = true
  cloudwatch_logs = true
  cis_alarms      = true
  insights        = ["ApiCallRateInsight"]
}
"#;

const DOCUMENT: &str = r#"profile               = "document"
artos_ecr_aws_account = "210987654321"
"#;

const BEFORE: &str = r#"artos_ecr_aws_account         = "210987654321"
enable_fargate                = false
create_node_instance_profile  = true
cloudtrail_log_retention_days = 90
"#;

const AFTER: &str = r#"artos_ecr_aws_account         = "210987654321"
ecr_repository_prefixes       = ["production"]
kms_allow_cloudwatch_logs     = false
kms_rotation_period_in_days   = 180
cloudtrail_log_retention_days = 400
cloudtrail_s3_data_events     = { scope = "all-buckets" }
tags = {
  system_owner = "audit-team@company.com"
  cost_center  = "security"
}
"#;

/// What Terraform's module takes.
const TERRAFORM: &str = "artos_ecr_aws_account = \"210987654321\"\ncloudtrail_bucket_suffix = \"0a1b2c3d\"\n";

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::First,
        Self::Document,
        Self::Watched,
        Self::Change,
        Self::Revert,
        Self::Destroy,
        Self::WatchedDestroy,
    ];

    /// Answers its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Document => "document",
            Self::Watched => "watched",
            Self::Change => "change",
            Self::Revert => "revert",
            Self::Destroy => "destroy",
            Self::WatchedDestroy => "watched-destroy",
        }
    }

    /// Answers the scenario of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scenario| scenario.name() == name)
    }

    /// Answers the command that is broken, and then run again.
    pub fn command(self) -> [&'static str; 3] {
        match self {
            Self::Destroy | Self::WatchedDestroy => ["destroy", "-auto-approve", "-input=false"],
            _ => APPLY,
        }
    }

    /// Makes what must be there before: the settings, and with a real run the resources.
    ///
    /// # Errors
    /// A run that failed although nothing was broken.
    pub fn prepare(self, oracles: &Oracles, tool: &Tool) -> Result<Baseline, Error> {
        let mut baseline = Baseline::prepare(oracles, tool, Backend::Lockfile)?;
        if let Tool::Terraform(_) = tool {
            baseline.write(FILE, TERRAFORM)?;
            if self == Self::Destroy {
                baseline.advance(oracles, tool, &APPLY)?;
            }
            return Ok(baseline);
        }
        let (before, after) = match self {
            Self::First => (None, WHOLE),
            Self::Document => (None, DOCUMENT),
            Self::Watched => (None, WATCHED),
            Self::Change => (Some(BEFORE), AFTER),
            Self::Revert => (Some(AFTER), BEFORE),
            Self::Destroy => (Some(WHOLE), WHOLE),
            Self::WatchedDestroy => (Some(WATCHED), WATCHED),
        };
        if let Some(before) = before {
            baseline.write(FILE, before)?;
            baseline.advance(oracles, tool, &APPLY)?;
        }
        baseline.write(FILE, after)?;
        Ok(baseline)
    }
}

const APPLY: [&str; 3] = ["apply", "-auto-approve", "-input=false"];
