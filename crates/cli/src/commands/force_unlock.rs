//! `force-unlock`.

use std::process::ExitCode;

use clap::ArgAction;
use engine::StoreError;
use terraform::Diagnostic;
use terraform::lock::LockInfo;

use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::prompt::{self, Question};
use crate::runtime;
use crate::typed;

/// The arguments of `force-unlock`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Does not ask
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    force: bool,
    /// The id that the lock error names; unreadable for a lock whose record cannot be read
    #[arg(value_name = "LOCK_ID")]
    lock_id: String,
}

/// Asks, and removes the lock with that id; any other is left alone.
///
/// # Errors
/// Another lock, none, or no yes.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let backend = Backend::load(context)?;
    runtime::block_on(async {
        let store = backend.store().await?;
        if !args.force {
            let question = Question {
                title: "Do you really want to force-unlock?".to_owned(),
                details: vec![
                    format!(
                        "underpin will remove the lock on {} (workspace {}).",
                        store.describe(),
                        backend.workspace()
                    ),
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
        match store.force_unlock(&args.lock_id).await {
            Err(StoreError::NotHeld { id, holder }) => {
                let place = format!("{} (workspace {})", store.describe(), backend.workspace());
                Err(match elsewhere(&id, &backend).await {
                    Some(workspace) => of_workspace(&id, &place, &workspace),
                    None => not_there(&id, &place, holder.as_deref(), &backend),
                })
            }
            Err(error) => Err(error.into()),
            Ok(()) => {
                context.terminal.say("The state has been unlocked.");
                Ok(ExitCode::SUCCESS)
            }
        }
    })
}

/// The other workspace whose lock has that id, as far as one may look.
async fn elsewhere(id: &str, backend: &Backend) -> Option<String> {
    let names = backend.locked_workspaces().await.ok()?;
    for name in names.into_iter().filter(|name| name != backend.workspace()) {
        let Ok(store) = backend.in_workspace(&name).store().await else { continue };
        let held = store.locks().await.unwrap_or_default();
        if held.iter().any(|lock| lock.holder.as_ref().is_some_and(|holder| holder.id == id)) {
            return Some(name);
        }
    }
    None
}

fn of_workspace(id: &str, place: &str, workspace: &str) -> CliError {
    let detail = format!("The state {place} is not locked with the id {id}; the workspace `{workspace}` is.");
    let finding = Diagnostic::error("The lock is that of another workspace", detail);
    let workspace = typed::quoted(workspace);
    CliError::from(finding.hint(format!(
        "if its holder is dead for certain: TF_WORKSPACE={workspace} underpin force-unlock {}",
        typed::quoted(id)
    )))
}

fn not_there(id: &str, place: &str, holder: Option<&LockInfo>, backend: &Backend) -> CliError {
    let (found, hint) = match holder {
        Some(holder) => (
            format!("It was left alone. Its holder is:\n{holder}"),
            format!("if that run is dead for certain: underpin force-unlock {}", holder.id),
        ),
        None if !backend.takes_locks() => {
            ("This backend takes no lock.".to_owned(), "look at it: underpin lock status".to_owned())
        }
        None => (
            "Nobody holds it, and no other workspace is locked with this id.".to_owned(),
            "look whether this is the right backend, and what is locked: underpin lock status".to_owned(),
        ),
    };
    let detail = format!("The state {place} is not locked with the id {id}. {found}");
    CliError::from(Diagnostic::error("Failed to unlock state", detail).hint(hint))
}
