//! `workspace show`.

use std::process::ExitCode;

use crate::backend::workspace;
use crate::context::Context;
use crate::error::CliError;

/// The arguments of `workspace show`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// Prints the name of the selected workspace, whether or not it exists.
///
/// # Errors
/// It cannot be read.
pub(super) fn run(_args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    context.terminal.print(&workspace::selected(&context.environment)?);
    Ok(ExitCode::SUCCESS)
}
