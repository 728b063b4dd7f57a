//! `-offline` and what belongs to it.

use clap::ArgAction;
use terraform::Diagnostic;

use crate::error::CliError;
use crate::flag_value;
use crate::operation::OfflineOptions;

/// The flags of a plan without AWS.
#[derive(Debug, clap::Args)]
pub(crate) struct Offline {
    /// Shows what a first apply would make, without credentials and network
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    offline: bool,
    /// The account to plan for, with -offline
    #[arg(long, value_name = "ID")]
    account_id: Option<String>,
    /// The partition to plan for, with -offline; follows from the region when not given
    #[arg(long, value_name = "NAME")]
    partition: Option<String>,
}

impl Offline {
    /// What the plan is for; `None` without `-offline`.
    ///
    /// # Errors
    /// A flag that only `-offline` gives a meaning.
    pub(crate) fn options(&self) -> Result<Option<OfflineOptions>, CliError> {
        let part = [(self.account_id.is_some(), "-account-id"), (self.partition.is_some(), "-partition")]
            .into_iter()
            .find_map(|(given, flag)| given.then_some(flag));
        match part {
            Some(flag) if !self.offline => Err(unexplained(flag)),
            _ if !self.offline => Ok(None),
            _ => Ok(Some(OfflineOptions {
                account_id: self.account_id.clone(),
                partition: self.partition.clone(),
            })),
        }
    }
}

fn unexplained(flag: &str) -> CliError {
    let detail = format!("{flag} belongs to -offline; otherwise the account is that of the credentials.");
    let finding = Diagnostic::error("Invalid combination of command line options", detail);
    CliError::from(finding.hint(
        "add -offline, or use -expect-account-id to name the account that the credentials must belong to",
    ))
}
