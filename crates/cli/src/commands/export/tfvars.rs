//! `export tfvars`.

use std::process::ExitCode;

use super::outputs;
use crate::context::Context;
use crate::error::CliError;

/// The arguments of `export tfvars`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin export tfvars > ../app/global.auto.tfvars")]
pub(super) struct Args {}

/// Prints `name = value` for each output, sensitive ones included.
///
/// # Errors
/// No outputs.
pub(super) fn run(_args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    context.terminal.write(&export::outputs::tfvars(&outputs(context)?));
    Ok(ExitCode::SUCCESS)
}
