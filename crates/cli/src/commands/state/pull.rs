//! `state pull`.

use std::process::ExitCode;

use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;

/// The arguments of `state pull`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// Prints the state, and a blank line as Terraform does; nothing when there is none.
///
/// # Errors
/// The state cannot be read.
pub(super) fn run(_args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    if let Some(mut state) = Backend::load(context)?.read_state()? {
        state.terraform_version = Some(terraform::TERRAFORM_VERSION.to_owned());
        context.terminal.print(&String::from_utf8_lossy(&state.to_bytes()));
    }
    Ok(ExitCode::SUCCESS)
}
