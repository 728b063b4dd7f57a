//! `state`: looking into the state.

mod list;
mod pull;
mod show;

use std::process::ExitCode;

use terraform::{Diagnostic, State};

use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;

/// The arguments of `state`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

/// A command below `state`.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Lists the addresses of all resources
    List(list::Args),
    /// Shows one resource
    Show(show::Args),
    /// Prints the state as it is stored
    Pull(pull::Args),
}

/// Runs the command below `state`.
///
/// # Errors
/// Those of the command.
pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    match &args.command {
        Command::List(args) => list::run(args, context),
        Command::Show(args) => show::run(args, context),
        Command::Pull(args) => pull::run(args, context),
    }
}

/// The state, which must exist.
fn existing(context: &Context) -> Result<State, CliError> {
    Backend::load(context)?.read_state()?.ok_or_else(|| {
        let detail = "There is no state yet: nothing has been applied here.";
        let finding = Diagnostic::error("No state file was found", detail);
        CliError::Usage(Box::new(
            finding.hint("run underpin apply, or underpin init with the backend that holds the state"),
        ))
    })
}
