//! `workspace`: several states of one configuration.

mod delete;
mod list;
mod new;
mod select;
mod show;

use std::process::ExitCode;

use terraform::Diagnostic;

use crate::backend::{Backend, workspace};
use crate::context::Context;
use crate::environment::Environment;
use crate::error::CliError;

/// The arguments of `workspace`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

/// A command below `workspace`.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Lists the workspaces
    List(list::Args),
    /// Makes a workspace, and selects it
    New(new::Args),
    /// Selects another workspace
    Select(select::Args),
    /// Prints the name of the selected workspace
    Show(show::Args),
    /// Removes a workspace
    Delete(delete::Args),
}

/// Runs the command below `workspace`.
///
/// # Errors
/// Those of the command.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    match &args.command {
        Command::List(args) => list::run(args, context),
        Command::New(args) => new::run(args, context),
        Command::Select(args) => select::run(args, context),
        Command::Show(args) => show::run(args, context),
        Command::Delete(args) => delete::run(args, context),
    }
}

/// Refuses to select a workspace while the environment selects one.
fn selectable(environment: &Environment) -> Result<(), CliError> {
    if !workspace::is_overridden(environment) {
        return Ok(());
    }
    let variable = workspace::VARIABLE;
    let detail = format!("{variable} is set, and selects a workspace whatever is selected otherwise.");
    Err(CliError::from(
        Diagnostic::error("The selected workspace is overridden", detail)
            .hint(format!("unset {variable}, or set it to the workspace that is meant")),
    ))
}

/// Refuses a name that no workspace has.
async fn existing(name: &str, backend: &Backend) -> Result<(), CliError> {
    workspace::check(name)?;
    if backend.known_workspaces().await?.iter().any(|known| known == name) {
        return Ok(());
    }
    let detail = format!("Workspace \"{name}\" doesn't exist.");
    Err(CliError::from(Diagnostic::error("No such workspace", detail).hint(format!(
        "to make it: underpin workspace new {name}; those that exist: underpin workspace list"
    ))))
}
