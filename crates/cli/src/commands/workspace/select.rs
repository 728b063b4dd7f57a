//! `workspace select`.

use std::process::ExitCode;

use clap::ArgAction;

use super::{existing, new, selectable};
use crate::args::Lock;
use crate::backend::{Backend, workspace};
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::runtime;

/// The arguments of `workspace select`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin workspace select staging\nunderpin workspace select -or-create staging")]
pub(super) struct Args {
    /// Makes the workspace if it does not exist
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    or_create: bool,
    /// Which
    #[arg(value_name = "NAME")]
    name: String,
}

/// Selects a workspace for all later commands.
///
/// # Errors
/// It does not exist, or the environment selects one.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    selectable(&context.environment)?;
    let backend = Backend::load(context)?;
    if args.or_create {
        workspace::check(&args.name)?;
        let names = runtime::block_on(backend.known_workspaces())?;
        if !names.contains(&args.name) {
            return new::create(&args.name, None, Lock::default(), &backend, context);
        }
    }
    runtime::block_on(existing(&args.name, &backend))?;
    if args.name != backend.workspace() {
        workspace::select(&args.name, &context.environment)?;
        context.terminal.say(&format!("Switched to workspace \"{}\".", args.name));
    }
    Ok(ExitCode::SUCCESS)
}
