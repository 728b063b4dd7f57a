//! `lock`: looking at the state lock.

mod status;

use std::process::ExitCode;

use crate::context::Context;
use crate::error::CliError;

/// The arguments of `lock`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

/// A command below `lock`.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Shows who holds the state lock, since when, and whether it is alive
    Status(status::Args),
}

/// Runs the command below `lock`.
///
/// # Errors
/// Those of the command.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    match &args.command {
        Command::Status(args) => status::run(args, context),
    }
}
