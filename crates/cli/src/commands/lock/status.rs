//! `lock status`.

use std::process::ExitCode;

use clap::ArgAction;

use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::runtime;
use crate::views::lock::{self, Place};

/// The arguments of `lock status`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Prints JSON
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    json: bool,
}

/// Shows the locks that somebody holds; takes and changes none.
///
/// # Errors
/// The store cannot be asked.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let backend = Backend::load(context)?;
    runtime::block_on(async {
        let store = backend.store().await?;
        let (state, held) = (store.describe(), store.locks().await?);
        let place =
            Place { state: &state, workspace: backend.workspace(), takes_locks: backend.takes_locks() };
        if args.json {
            context.terminal.print(&lock::json(&place, &held));
        } else {
            context.terminal.say(&lock::status(&place, &held, context.terminal.width()));
        }
        Ok(ExitCode::SUCCESS)
    })
}
