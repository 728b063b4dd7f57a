//! `force-unlock`.

use std::process::ExitCode;

use clap::ArgAction;
use terraform::Diagnostic;

use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;
use crate::prompt::{self, Question};
use crate::runtime;
use crate::switch;

/// The arguments of `force-unlock`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Does not ask
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    force: bool,
    /// The id that the lock error names
    #[arg(value_name = "LOCK_ID")]
    lock_id: String,
}

/// Asks, and removes the lock with that id; any other is left alone.
///
/// # Errors
/// Another lock, none, or no yes.
pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let backend = Backend::load(context)?;
    runtime::block_on(async {
        let store = backend.store().await?;
        if !args.force {
            let question = Question {
                title: "Do you really want to force-unlock?".to_owned(),
                details: vec![
                    format!("underpin will remove the lock on {}.", store.describe()),
                    "Whoever holds it goes on without it, and two runs at a time can spoil the state."
                        .to_owned(),
                    "Only 'yes' will be accepted to confirm.".to_owned(),
                ],
            };
            if prompt::ask(&question, &context.terminal).await?.as_deref() != Some("yes") {
                return Err(CliError::from(Diagnostic::error(
                    "force-unlock cancelled",
                    "Nothing was changed; only yes removes a lock.",
                )));
            }
        }
        store.force_unlock(&args.lock_id).await?;
        context.terminal.say("The state has been unlocked.");
        Ok(ExitCode::SUCCESS)
    })
}
