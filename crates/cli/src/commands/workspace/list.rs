//! `workspace list`.

use std::process::ExitCode;

use crate::backend::{Backend, workspace};
use crate::context::Context;
use crate::error::CliError;
use crate::runtime;
use crate::views;

/// The arguments of `workspace list`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// Lists the workspaces, the selected one marked.
///
/// # Errors
/// They cannot be listed.
pub(super) fn run(_args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let backend = Backend::load(context)?;
    let names = runtime::block_on(backend.workspaces())?;
    context.terminal.say(&views::workspace::list(&names, backend.workspace()));
    if workspace::is_overridden(&context.environment) {
        context.terminal.say(&format!(
            "The active workspace is being overridden using the {} environment variable.\n",
            workspace::VARIABLE
        ));
    }
    Ok(ExitCode::SUCCESS)
}
