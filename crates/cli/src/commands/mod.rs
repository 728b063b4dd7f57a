//! The commands, one a file: what it takes and what it does.

mod adopt;
mod apply;
mod destroy;
mod doctor;
mod export;
mod force_unlock;
mod init;
mod lock;
mod monitoring;
mod output;
mod plan;
mod policy;
mod show;
mod state;
mod trail;
mod untaint;
mod validate;
mod version;
mod workspace;

use std::process::ExitCode;

use crate::context::Context;
use crate::error::CliError;

/// A command with its arguments. The texts are its help.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Prepares the working directory: checks and records where the state lives
    ///
    /// Without any -backend-config the state is kept in this directory, or where an earlier init said. Secrets are not
    /// recorded; give them in the environment.
    Init(init::Args),
    /// Checks the settings, without credentials and without network
    Validate(validate::Args),
    /// Shows what apply would do
    Plan(plan::Args),
    /// Makes the foundation as the settings say
    Apply(apply::Args),
    /// Takes over what Terraform or somebody else has made
    ///
    /// Finds the foundation's objects by what they are, never by their addresses: with -from-backend in the state of
    /// the backend, with -from-state in another state, which is only read, and without either in the account, by name.
    /// Shows what was found and why, what is missing and what an apply would change. Only the state is written; nothing
    /// in AWS is touched.
    Adopt(adopt::Args),
    /// Removes the foundation, except the audit logs and what is needed to read them
    ///
    /// Alias, roles and trail go. The bucket with the audit logs and the key that they are encrypted with are kept, and
    /// stay in the state, so that a later apply goes on with them.
    ///
    /// With -delete-key the key's deletion is scheduled too. The logs are unreadable from then on, unless an apply
    /// cancels it in time.
    Destroy(destroy::Args),
    /// Says why something does not work: the cause, the evidence, and the command that repairs it
    ///
    /// Only reads. Without a subject everything is looked at. Exits with 2 when something does not work, with 1 when
    /// something could not be looked at, and with 0 otherwise; with -strict a warning counts as a failure.
    Doctor(doctor::Args),
    /// Says what policies mean: what they decide, what changes, what is wrong with them
    Policy(policy::Args),
    /// Prints the outputs of the state
    Output(output::Args),
    /// Shows the state, or a saved plan
    Show(show::Args),
    /// Looks into the state, or changes it by hand
    State(state::Args),
    /// Says that a tainted object is well, so that it is not replaced
    ///
    /// Only the state is written. A plan shows whether the object is as the settings say.
    Untaint(untaint::Args),
    /// Keeps several states of one configuration
    Workspace(workspace::Args),
    /// Writes the foundation or its outputs for other tools
    Export(export::Args),
    /// Tries the alerts of the setting monitoring
    Monitoring(monitoring::Args),
    /// Proves that the audit trail is whole
    Trail(trail::Args),
    /// Shows who holds the state lock
    Lock(lock::Args),
    /// Removes a lock that its holder left behind
    ///
    /// Only for a holder that is known to be gone, and for what other tools left behind: a lock of underpin's own is taken
    /// over by the next run when its holder is dead.
    ForceUnlock(force_unlock::Args),
    /// Prints the version
    Version(version::Args),
}

/// The commands that print messages with `-json`.
pub(crate) const STREAMING: [&str; 4] = ["init", "plan", "apply", "destroy"];

impl Command {
    /// Whether it was asked for messages instead of text.
    pub(crate) fn streams(&self) -> bool {
        match self {
            Self::Init(args) => args.json,
            Self::Plan(args) => args.operation.shown.json,
            Self::Apply(args) => args.operation.shown.json,
            Self::Destroy(args) => args.operation.shown.json,
            _ => false,
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// What the command says.
    pub(crate) fn run(&self, context: &Context) -> Result<ExitCode, CliError> {
        match self {
            Self::Init(args) => init::run(args, context),
            Self::Validate(args) => validate::run(args, context),
            Self::Plan(args) => plan::run(args, context),
            Self::Adopt(args) => adopt::run(args, context),
            Self::Apply(args) => apply::run(args, context),
            Self::Destroy(args) => destroy::run(args, context),
            Self::Doctor(args) => doctor::run(args, context),
            Self::Policy(args) => policy::run(args, context),
            Self::Output(args) => output::run(args, context),
            Self::Show(args) => show::run(args, context),
            Self::State(args) => state::run(args, context),
            Self::Untaint(args) => untaint::run(args, context),
            Self::Workspace(args) => workspace::run(args, context),
            Self::Export(args) => export::run(args, context),
            Self::Monitoring(args) => monitoring::run(args, context),
            Self::Trail(args) => trail::run(args, context),
            Self::Lock(args) => lock::run(args, context),
            Self::ForceUnlock(args) => force_unlock::run(args, context),
            Self::Version(args) => version::run(args, context),
        }
    }
}
