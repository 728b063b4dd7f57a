//! What plan, apply and destroy share.

use clap::ArgAction;
use foundation::AccountId;
use terraform::Address;

use super::{Lock, Variables, switch};

/// The flags of a command that makes a plan.
#[derive(Clone, Debug, clap::Args)]
pub struct Operation {
    #[command(flatten)]
    pub variables: Variables,
    #[command(flatten)]
    pub lock: Lock,
    #[command(flatten)]
    pub planning: Planning,
    /// Stops unless the credentials belong to this account
    #[arg(long, value_name = "ID")]
    pub expect_account_id: Option<AccountId>,
    /// How many resources to work on at once, 10 if not given
    #[arg(long, value_name = "N", default_value = "10", value_parser = parallelism)]
    pub parallelism: u16,
    #[command(flatten)]
    pub shown: Shown,
}

impl Operation {
    /// Whether to ask for settings that have no value.
    pub fn asks(&self) -> bool {
        self.planning.input && !self.shown.json
    }
}

/// What the plan is about.
#[derive(Clone, Debug, clap::Args)]
pub struct Planning {
    /// Takes what the state records as it is
    #[arg(long, action = ArgAction::Set, default_value = "true", value_parser = switch::value)]
    pub refresh: bool,
    /// Only records what has changed in AWS
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    pub refresh_only: bool,
    /// Limits the plan to a resource and what it needs; may be given several times
    #[arg(long, value_name = "ADDRESS", action = ArgAction::Append)]
    pub target: Vec<Address>,
    /// Makes a resource anew; may be given several times
    #[arg(long, value_name = "ADDRESS", action = ArgAction::Append)]
    pub replace: Vec<Address>,
    /// Also schedules the deletion of the key, when destroying
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    pub delete_key: bool,
    /// Does not ask for settings that have no value
    #[arg(long, action = ArgAction::Set, default_value = "true", value_parser = switch::value)]
    pub input: bool,
}

/// How a plan is shown.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Shown {
    /// Shows only the summaries of warnings
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    pub compact_warnings: bool,
    /// Prints messages for programs, one JSON object a line; asks nothing
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    pub json: bool,
}

/// Reads `-parallelism`.
///
/// # Errors
/// No whole number from 1 on.
pub fn parallelism(text: &str) -> Result<u16, String> {
    let wrong = || "write a whole number from 1 on".to_owned();
    text.parse().ok().filter(|number| *number > 0).ok_or_else(wrong)
}
