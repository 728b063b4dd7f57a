//! `workspace new`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use store::local::Workspaces;
use terraform::backend::Backend as Kind;
use terraform::{Diagnostic, State};

use super::selectable;
use crate::args::Lock;
use crate::backend::{Backend, workspace};
use crate::context::Context;
use crate::error::CliError;
use crate::interrupts::Interrupts;
use crate::operation::{self, Locking, locked};
use crate::{runtime, views};

/// The arguments of `workspace new`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin workspace new staging\nunderpin workspace new -state=old.tfstate staging")]
pub(super) struct Args {
    #[command(flatten)]
    lock: Lock,
    /// Begins with a copy of this state file
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,
}

/// Makes a workspace and selects it.
///
/// # Errors
/// It exists, its name is not allowed, or the environment selects one.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    workspace::check(&args.name)?;
    if context.environment.get(workspace::VARIABLE) != Some(args.name.as_str()) {
        selectable(&context.environment)?;
    }
    let backend = Backend::load(context)?;
    create(&args.name, args.state.as_deref(), args.lock, &backend, context)
}

/// The same for a name that is allowed.
///
/// # Errors
/// As [`run`].
pub(super) fn create(
    name: &str,
    source: Option<&Path>,
    lock: Lock,
    backend: &Backend,
    context: &Context,
) -> Result<ExitCode, CliError> {
    let copied = source.map(operation::read_state).transpose()?;
    runtime::block_on(async {
        if backend.known_workspaces().await?.iter().any(|known| known == name) {
            return Err(exists(name, context));
        }
        let content = match (backend.kind(), copied) {
            (Kind::Local(local), None) => return Ok(Workspaces::new(&local.workspace_dir).create(name)?),
            (_, copied) => copied,
        };
        write(name, content, lock, backend, context).await
    })?;
    workspace::select(name, &context.environment)?;
    context.terminal.say(&views::workspace::created(name));
    Ok(ExitCode::SUCCESS)
}

/// Writes the first state of a workspace: an empty one, or a copy, with a history of its own.
async fn write(
    name: &str,
    content: Option<State>,
    lock: Lock,
    backend: &Backend,
    context: &Context,
) -> Result<(), CliError> {
    let interrupts = Interrupts::listen()?;
    let locking = Locking::of(
        &backend.in_workspace(name),
        lock.into(),
        "workspace-new",
        &interrupts,
        &context.terminal,
    )
    .await?;
    locked(locking, async |session| {
        if session.version.is_some() {
            return Err(exists(name, context));
        }
        let empty = session.state.clone();
        let content = content.unwrap_or_else(|| empty.clone());
        session.write(State { serial: 1, lineage: empty.lineage, ..content }).await?;
        Ok(())
    })
    .await
}

fn exists(name: &str, context: &Context) -> CliError {
    let detail = format!("Workspace \"{name}\" already exists.");
    let hint = match context.environment.get(workspace::VARIABLE) {
        Some(selected) if selected == name => format!("{} selects it: underpin plan", workspace::VARIABLE),
        _ => format!("underpin workspace select {name}"),
    };
    CliError::from(Diagnostic::error("The workspace exists", detail).hint(hint))
}
