//! `state push`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgAction;
use engine::Session;
use terraform::{Diagnostic, State};

use crate::args::{Ignored, Lock};
use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::interrupts::Interrupts;
use crate::operation::{self, Locking, locked};
use crate::runtime;

/// The arguments of `state push`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin state push errored.tfstate\nunderpin state pull > copy.tfstate; underpin state push - < copy.tfstate"
)]
pub(super) struct Args {
    /// Writes it whatever lineage and serial say
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    force: bool,
    #[command(flatten)]
    lock: Lock,
    #[command(flatten)]
    ignored: Ignored,
    /// The state file; - is the standard input
    #[arg(value_name = "PATH")]
    path: PathBuf,
}

/// Writes a state file over the state, if it is a later one of the same history.
///
/// # Errors
/// No state in the file, or one that may not be written over the state.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let pushed = operation::read_state(&args.path)?;
    let backend = Backend::load(context)?;
    let is_remote = backend.bucket().is_some();
    runtime::block_on(async {
        let interrupts = Interrupts::listen()?;
        let locking =
            Locking::of(&backend, args.lock.into(), "state-push", &interrupts, &context.terminal).await?;
        locked(locking, async |session| {
            if let Some(state) = successor(pushed, session, args.force, is_remote)? {
                session.write(state).await?;
            }
            Ok(ExitCode::SUCCESS)
        })
        .await
    })
}

/// What is to be written: `pushed` under the serial after its own. `None` when it is there already.
fn successor(
    mut pushed: State,
    session: &Session,
    force: bool,
    is_remote: bool,
) -> Result<Option<State>, CliError> {
    let current = &session.state;
    if session.version.is_none() {
        // As in Terraform: a first state in S3 begins a history of its own, one in a file goes on with the pushed one.
        if is_remote || pushed.lineage.is_empty() {
            (pushed.serial, pushed.lineage) = (1, current.lineage.clone());
        }
        return Ok(Some(pushed));
    }
    let same = pushed.same_content(current);
    if !force {
        check(&pushed, session, same)?;
        operation::keeps_identity(
            current,
            &pushed,
            "push a state that holds it; to write this one all the same: underpin state push -force PATH",
        )?;
    }
    if same && pushed.serial == current.serial && pushed.lineage == current.lineage {
        return Ok(None);
    }
    if pushed.lineage.is_empty() {
        pushed.lineage.clone_from(&current.lineage);
    }
    pushed.serial += 1;
    Ok(Some(pushed))
}

/// Refuses what would lose a later state, or one of another history.
fn check(pushed: &State, session: &Session, same: bool) -> Result<(), CliError> {
    let (current, found) = (&session.state, session.found_serial());
    let detail = if !pushed.lineage.is_empty()
        && !current.lineage.is_empty()
        && pushed.lineage != current.lineage
    {
        format!(
            "Cannot import state with lineage \"{}\" over unrelated state with lineage \"{}\".",
            pushed.lineage, current.lineage
        )
    } else if pushed.serial < found {
        format!("Cannot import state with serial {} over newer state with serial {found}.", pushed.serial)
    } else if pushed.serial == found && !same {
        format!(
            "Cannot overwrite existing state with serial {found} with a different state that has the same serial."
        )
    } else {
        return Ok(());
    };
    Err(CliError::from(Diagnostic::error("Failed to write state", detail).hint(
        "compare it with the state that is there: underpin state pull; to write it all the same: underpin state push -force PATH",
    )))
}
