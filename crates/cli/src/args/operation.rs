//! What plan, apply and destroy share.

use clap::ArgAction;
use engine::Goal;
use foundation::AccountId;
use terraform::{Address, Diagnostic};

use super::Lock;
use crate::configuration::Variables;
use crate::error::CliError;
use crate::flag_value;
use crate::operation::{PlanOptions, Request};
use crate::typed::quoted;

/// The flags of a command that makes a plan.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Operation {
    #[command(flatten)]
    pub variables: Variables,
    #[command(flatten)]
    pub lock: Lock,
    #[command(flatten)]
    pub planning: Planning,
    /// Stops unless the credentials belong to this account
    #[arg(long, value_name = "ID")]
    pub expect_account_id: Option<AccountId>,
    /// How many resources to work on at once; if not given, 10 are changed and all are read at once
    #[arg(long, value_name = "N", value_parser = parallelism)]
    pub parallelism: Option<u16>,
    #[command(flatten)]
    pub shown: Shown,
    #[command(flatten)]
    place: Place,
}

/// Flags of Terraform's that name a state file in place of the backend.
#[derive(Clone, Debug, clap::Args)]
struct Place {
    #[arg(long, hide = true)]
    state: Option<String>,
    #[arg(long, hide = true)]
    state_out: Option<String>,
    #[arg(long, hide = true)]
    backup: Option<String>,
}

impl Place {
    /// Refuses them: a state in another place than the backend's would not be seen by the next run.
    fn refuse(&self) -> Result<(), CliError> {
        let given = [("-state", &self.state), ("-state-out", &self.state_out), ("-backup", &self.backup)];
        let Some((flag, path)) = given.into_iter().find_map(|(flag, path)| Some((flag, path.as_ref()?)))
        else {
            return Ok(());
        };
        let detail = format!("The backend says where the state lives, and not {flag}={path}.");
        Err(CliError::from(Diagnostic::error("The state's place is the backend's", detail).hint(format!(
            "leave {flag} out; to keep the state in a file of that name:\n  underpin init -backend-config=path={}",
            quoted(path)
        ))))
    }
}

/// How many resources are changed at once where nobody says how many, as in Terraform.
const CHANGES_AT_ONCE: usize = 10;
/// How many are read at once: more than a foundation has.
const READS_AT_ONCE: usize = 64;

impl Operation {
    /// How many resources are changed at once.
    pub(crate) fn changes_at_once(&self) -> usize {
        self.parallelism.map_or(CHANGES_AT_ONCE, usize::from)
    }

    /// What is asked of a plan; whether it is one to destroy comes from the command or a flag of its own.
    ///
    /// # Errors
    /// Flags that exclude each other.
    pub(crate) fn options(&self, destroy: bool) -> Result<PlanOptions, CliError> {
        self.place.refuse()?;
        let request = Request {
            refresh: self.planning.refresh,
            options: engine::Options {
                goal: self.planning.goal(destroy)?,
                targets: self.planning.target.clone(),
                replace: self.planning.replace.clone(),
                today: None,
            },
            parallelism: self.changes_at_once(),
            reads: self.parallelism.map_or(READS_AT_ONCE, usize::from),
        };
        Ok(PlanOptions {
            variables: self.variables.clone(),
            input: self.planning.input && !self.shown.json,
            lock: self.lock.into(),
            expect_account_id: self.expect_account_id.clone(),
            request,
            compact_warnings: self.shown.compact_warnings,
        })
    }
}

/// What the plan is about.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Planning {
    /// Takes what the state records as it is
    #[arg(long, action = ArgAction::Set, default_value = "true", value_parser = flag_value::switch)]
    pub refresh: bool,
    /// Only records what has changed in AWS
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    pub refresh_only: bool,
    /// Limits the plan to a resource and what it needs; may be given several times
    #[arg(long, value_name = "ADDRESS", action = ArgAction::Append)]
    pub target: Vec<Address>,
    /// Replaces a resource; may be given several times
    #[arg(long, value_name = "ADDRESS", action = ArgAction::Append)]
    pub replace: Vec<Address>,
    /// Also schedules the deletion of the key, when destroying
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    pub delete_key: bool,
    /// Does not ask for settings that have no value
    #[arg(long, action = ArgAction::Set, default_value = "true", value_parser = flag_value::switch)]
    pub input: bool,
}

impl Planning {
    /// What the plan is for.
    ///
    /// # Errors
    /// Flags that exclude each other.
    fn goal(&self, destroy: bool) -> Result<Goal, CliError> {
        let exclusive = |detail: &str| {
            Err(CliError::from(Diagnostic::error("Incompatible command line options", detail)))
        };
        Ok(match (self.refresh_only, destroy) {
            (true, true) => return exclusive("-refresh-only and -destroy cannot be used together."),
            (true, false) if !self.refresh => {
                return exclusive(
                    "-refresh-only needs what is in AWS, so -refresh=false cannot be used with it.",
                );
            }
            (true, false) if !self.replace.is_empty() => {
                return exclusive(
                    "-refresh-only changes nothing in AWS, so -replace cannot be used with it.",
                );
            }
            (false, true) if !self.replace.is_empty() => {
                return exclusive("-replace replaces a resource, so it cannot be used with destroying.");
            }
            (false, false) if self.delete_key => {
                return exclusive("-delete-key is a part of destroying: use underpin destroy -delete-key.");
            }
            (true, false) if self.delete_key => {
                return exclusive(
                    "-refresh-only changes nothing in AWS, so -delete-key cannot be used with it.",
                );
            }
            (true, false) => Goal::Refresh,
            (false, true) => Goal::Destroy { delete_key: self.delete_key },
            (false, false) => Goal::Apply,
        })
    }
}

/// How a plan is shown.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Shown {
    /// Shows only the summaries of warnings
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    pub compact_warnings: bool,
    /// Prints messages for programs, one JSON object a line; asks nothing
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    pub json: bool,
}

/// Reads `-parallelism`.
///
/// # Errors
/// No whole number from 1 on.
pub(crate) fn parallelism(text: &str) -> Result<u16, String> {
    let wrong = || "write a whole number from 1 on".to_owned();
    text.parse().ok().filter(|number| *number > 0).ok_or_else(wrong)
}
