//! `export json`.

use std::process::ExitCode;

use super::outputs;
use crate::context::Context;
use crate::error::CliError;

/// The arguments of `export json`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin export json | jq -r .kms_key_arn")]
pub(super) struct Args {}

/// Prints one object with the value of each output, sensitive ones included.
///
/// # Errors
/// No outputs.
pub(super) fn run(_args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    context.terminal.write(&export::outputs::plain_json(&outputs(context)?));
    Ok(ExitCode::SUCCESS)
}
