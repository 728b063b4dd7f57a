//! Copies states from one backend to another, as `init -migrate-state` does.
//!
//! INVARIANT: the source is only read. Nothing is written before the question is answered, and the caller records the new
//! backend only when everything is copied, so that whatever fails leaves the old backend in use and whole.

use engine::{LockOptions, Session, Version, session};
use terraform::backend::Backend as Kind;
use terraform::{Diagnostic, State};

use super::lock::{Locking, locked};
use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;
use crate::interrupts::Interrupts;
use crate::prompt::{self, Question};

/// From where to where, and how.
pub(crate) struct Migration<'a> {
    /// Where the states are.
    pub from: &'a Backend,
    /// Where they go.
    pub to: &'a Backend,
    /// Whether and how long to lock.
    pub lock: LockOptions,
    /// Whether to copy without a question.
    pub force: bool,
    /// Whether anybody can be asked.
    pub input: bool,
}

/// A state that was copied, and the version that it has at the source.
pub(crate) struct Copied {
    /// Its workspace.
    pub workspace: String,
    /// What was read.
    pub version: Version,
}

/// A state that is to be copied.
struct Plan {
    workspace: String,
    /// Whether another state is at the destination.
    overwrites: bool,
}

/// Asks, and copies every state that is not empty and not there already. None are copied if the answer is no.
///
/// # Errors
/// A state that cannot be read, locked or written; nobody to ask; an answer that is neither yes nor no.
pub(crate) async fn migrate(migration: &Migration<'_>, context: &Context) -> Result<Vec<Copied>, CliError> {
    let interrupts = Interrupts::listen()?;
    let plans = interrupts.or_interrupted(plan(migration)).await?;
    if plans.is_empty() || !is_wanted(&plans, migration, &interrupts, context).await? {
        return Ok(Vec::new());
    }
    let mut copied = Vec::new();
    for plan in plans {
        copied.extend(copy(&plan, migration, &interrupts, context).await?);
    }
    Ok(copied)
}

/// Removes states that were copied out of files, as Terraform does; each is kept beside as a backup. A state that somebody
/// works with, or that is not the copied one any more, stays, and is told of.
///
/// # Errors
/// The signals cannot be listened to.
pub(crate) async fn retire(
    migration: &Migration<'_>,
    copied: &[Copied],
    context: &Context,
) -> Result<(), CliError> {
    let interrupts = Interrupts::listen()?;
    for copied in copied {
        let from = migration.from.in_workspace(&copied.workspace);
        if !is_retired(copied, &from, migration.lock, &interrupts, context).await.unwrap_or(false) {
            context.terminal.report(&[kept(&copied.workspace)]);
        }
    }
    Ok(())
}

/// Removes one of them under its lock, and answers whether it is gone.
async fn is_retired(
    copied: &Copied,
    from: &Backend,
    lock: LockOptions,
    interrupts: &Interrupts,
    context: &Context,
) -> Result<bool, CliError> {
    let locking = Locking::of(from, lock, "migration source state", interrupts, &context.terminal).await?;
    locked(locking, async |session| {
        if session.version.as_ref().is_some_and(|version| *version != copied.version) {
            return Ok(false);
        }
        session.remove().await?;
        Ok(true)
    })
    .await
}

/// What to say of a file that was not removed.
fn kept(workspace: &str) -> Diagnostic {
    let detail = format!(
        "The state of the workspace \"{workspace}\" was copied. Its file was left where it is: somebody works with it, or has \
         written it since, or it cannot be removed. It is not used from here any more, and what is written to it after the \
         copy is not in the new backend."
    );
    Diagnostic::warning("The old state is still there", detail)
        .hint("when no run works with it any more, compare it with what is used now: underpin state pull")
}

/// What is to be copied.
async fn plan(migration: &Migration<'_>) -> Result<Vec<Plan>, CliError> {
    let mut plans = Vec::new();
    for workspace in migration.from.known_workspaces().await? {
        let source = read(migration.from, &workspace).await?;
        let Some(source) = source.filter(|state| !is_empty(state)) else { continue };
        let destination = read(migration.to, &workspace).await?;
        if destination.as_ref().is_some_and(|there| there.same_content(&source)) {
            continue;
        }
        plans.push(Plan { workspace, overwrites: destination.is_some_and(|there| !is_empty(&there)) });
    }
    Ok(plans)
}

async fn read(backend: &Backend, workspace: &str) -> Result<Option<State>, CliError> {
    let store = backend.in_workspace(workspace).store().await?;
    Ok(session::read(&*store).await?.map(|(state, _)| state))
}

/// Whether a state records nothing.
fn is_empty(state: &State) -> bool {
    state.resources.is_empty() && state.outputs.is_empty()
}

/// Asks whether to copy.
async fn is_wanted(
    plans: &[Plan],
    migration: &Migration<'_>,
    interrupts: &Interrupts,
    context: &Context,
) -> Result<bool, CliError> {
    if migration.force {
        return Ok(true);
    }
    let refused = |summary: &str, detail: &str| {
        let finding = Diagnostic::error(summary, detail);
        CliError::from(finding.hint(
            "to copy without a question: underpin init -force-copy …; to leave the state where it is: underpin init \
             -reconfigure …",
        ))
    };
    if !migration.input {
        return Err(refused(
            "Can't ask approval for state migration when interactive input is disabled",
            "There is a state to copy, and -input=false or TF_INPUT forbids the question. Nothing was changed.",
        ));
    }
    let question = question(plans, migration).await?;
    let answer = interrupts.or_interrupted(prompt::ask(&question, &context.terminal)).await?;
    match answer.as_deref() {
        Some("yes") => Ok(true),
        Some("no") if plans.len() == 1 => Ok(false),
        Some(_) => Err(refused("Migration aborted", "Only yes copies. Nothing was changed.")),
        None => Err(refused(
            "Error asking for confirmation",
            "The input ended before an answer came (EOF). Nothing was changed.",
        )),
    }
}

/// The question, in Terraform's words.
async fn question(plans: &[Plan], migration: &Migration<'_>) -> Result<Question, CliError> {
    let (from, to) = (name(migration.from), name(migration.to));
    let place = |backend: &Backend, workspace: &str| {
        let backend = backend.in_workspace(workspace);
        async move { Ok::<_, CliError>(backend.store().await?.describe()) }
    };
    let mut details = Vec::new();
    for Plan { workspace, overwrites } in plans {
        let (old, new) = (place(migration.from, workspace).await?, place(migration.to, workspace).await?);
        let over = if *overwrites { "; THIS OVERWRITES the state that is there" } else { "" };
        details.push(format!("{old} to {new}{over}"));
    }
    let title = if plans.len() == 1 {
        details.push(String::new());
        details
            .push("Enter \"yes\" to copy, and \"no\" to go on with what the new backend holds.".to_owned());
        format!(
            "Do you want to copy the existing state of the \"{from}\" backend to the new \"{to}\" backend?"
        )
    } else {
        details.push(String::new());
        details.push("Enter \"yes\" to copy all of them; anything else changes nothing.".to_owned());
        format!("Do you want to migrate all workspaces of the \"{from}\" backend to \"{to}\"?")
    };
    Ok(Question { title, details })
}

fn name(backend: &Backend) -> &'static str {
    backend.kind().kind().as_str()
}

/// Copies one state under the locks of both places. `None` when there is nothing to copy any more.
async fn copy(
    plan: &Plan,
    migration: &Migration<'_>,
    interrupts: &Interrupts,
    context: &Context,
) -> Result<Option<Copied>, CliError> {
    let from = migration.from.in_workspace(&plan.workspace);
    let to = migration.to.in_workspace(&plan.workspace);
    let locking = async |backend, operation| {
        Locking::of(backend, migration.lock, operation, interrupts, &context.terminal).await
    };
    let reading = locking(&from, "migration source state").await?;
    let writing = locking(&to, "migration destination state").await?;
    let is_remote = matches!(to.kind(), Kind::S3(_));
    locked(reading, async |source| {
        locked(writing, async |destination| {
            if !plan.overwrites && !is_empty(&destination.state) {
                return Err(appeared(&destination.describe()));
            }
            let Some(version) = source.version.clone() else { return Ok(None) };
            let state = successor(&source.state, destination, is_remote);
            destination.write(state).await?;
            Ok(Some(Copied { workspace: plan.workspace.clone(), version }))
        })
        .await
    })
    .await
}

/// The state as it is written: in an empty bucket with a history of its own, as in Terraform; elsewhere with its lineage, and
/// a serial after both.
fn successor(source: &State, destination: &Session, is_remote: bool) -> State {
    let there = &destination.state;
    match (&destination.version, is_remote) {
        (None, true) => State { serial: 1, lineage: there.lineage.clone(), ..source.clone() },
        (None, false) => source.clone(),
        (Some(_), _) => State { serial: source.serial.max(there.serial) + 1, ..source.clone() },
    }
}

fn appeared(place: &str) -> CliError {
    let detail = format!(
        "{place} was empty when the question was asked, and holds a state now. It was left as it is."
    );
    CliError::from(
        Diagnostic::error("The state of the new backend was written by somebody else", detail)
            .hint("see what is there, then begin again: underpin init -migrate-state …"),
    )
}
