//! `workspace delete`.

use std::process::ExitCode;

use clap::ArgAction;
use foundation::addresses::{is_managed, is_retained};
use store::local::Workspaces;
use terraform::backend::{Backend as Kind, DEFAULT_WORKSPACE};
use terraform::state::Mode;
use terraform::{Diagnostic, State};

use super::existing;
use crate::args::Lock;
use crate::backend::{Backend, workspace};
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::interrupts::Interrupts;
use crate::operation::{Locking, locked};
use crate::runtime;

/// How many resources of a workspace are named.
const NAMED: usize = 10;

/// The arguments of `workspace delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin workspace delete staging")]
pub(super) struct Args {
    #[command(flatten)]
    lock: Lock,
    /// Removes it with the record of the resources that it holds; they stay in AWS
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    force: bool,
    /// Which
    #[arg(value_name = "NAME")]
    name: String,
}

/// Removes a workspace that is not selected and holds no resources.
///
/// # Errors
/// It is the default or the selected one, does not exist, or holds resources.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let backend = Backend::load(context)?;
    let held = runtime::block_on(async {
        if args.name == DEFAULT_WORKSPACE {
            return Err(refused("Cannot delete the default workspace", "Every backend has it."));
        }
        existing(&args.name, &backend).await?;
        if args.name == backend.workspace() {
            return Err(active(&args.name, context));
        }
        let held = remove(args, &backend, context).await?;
        if let Kind::Local(local) = backend.kind() {
            Workspaces::new(&local.workspace_dir).remove(&args.name)?;
        }
        Ok(held)
    })?;
    context.terminal.say(&format!("Deleted workspace \"{}\"!", args.name));
    if held > 0 {
        let detail = format!(
            "It held {held} resource instance(s), which still exist in AWS; no state records them any more."
        );
        context.terminal.report(&[Diagnostic::warning("The workspace was not empty", detail)]);
    }
    Ok(ExitCode::SUCCESS)
}

/// Removes its state and the backups of it, and answers how many managed instances that recorded.
async fn remove(args: &Args, backend: &Backend, context: &Context) -> Result<usize, CliError> {
    let interrupts = Interrupts::listen()?;
    let locking = Locking::of(
        &backend.in_workspace(&args.name),
        args.lock.into(),
        "workspace-delete",
        &interrupts,
        &context.terminal,
    )
    .await?;
    locked(locking, async |session| {
        let held = managed(&session.state);
        if !held.is_empty() && !args.force {
            return Err(not_empty(&args.name, &held));
        }
        let is_unwritten = args.lock.lock && session.version.is_none();
        session.remove().await?;
        if let Kind::Local(local) = backend.kind() {
            Workspaces::new(&local.workspace_dir).clear(&args.name, is_unwritten)?;
        }
        Ok(held.len())
    })
    .await
}

/// The addresses of all managed instances.
fn managed(state: &State) -> Vec<String> {
    let managed = state.resources.iter().filter(|resource| resource.mode == Mode::Managed);
    managed
        .flat_map(|resource| {
            let address = resource.address();
            resource.instances.iter().map(move |instance| instance.address_in(&address))
        })
        .collect()
}

fn refused(summary: &str, detail: &str) -> CliError {
    CliError::from(Diagnostic::error(summary, detail))
}

fn active(name: &str, context: &Context) -> CliError {
    let detail = format!("Workspace \"{name}\" is the selected one.");
    let hint = match workspace::is_overridden(&context.environment) {
        true => format!("{} selects it; without it: underpin workspace delete {name}", workspace::VARIABLE),
        false => format!("select another first: underpin workspace select {DEFAULT_WORKSPACE}"),
    };
    CliError::from(Diagnostic::error("The workspace is active", detail).hint(hint))
}

fn not_empty(name: &str, held: &[String]) -> CliError {
    let named: String = held.iter().take(NAMED).map(|address| format!("\n  - {address}")).collect();
    let more = match held.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("\n  - and {more} more"),
    };
    let detail = format!(
        "Workspace \"{name}\" is tracking the following resource instances:{named}{more}\n\nWithout it no state would \
         record them, and they would stay in AWS."
    );
    let forget = format!("underpin workspace delete -force {name}");
    let hint = if held.iter().any(|address| is_destroyed(address)) {
        format!("destroy them first: TF_WORKSPACE={name} underpin destroy; to forget them: {forget}")
    } else {
        format!("underpin destroy leaves all of them; to forget them: {forget}")
    };
    CliError::from(Diagnostic::error("Workspace is not empty", detail).hint(hint))
}

/// Whether `underpin destroy` removes the instance at `address`, so that the state no longer records it then.
fn is_destroyed(address: &str) -> bool {
    address.parse().is_ok_and(|address| is_managed(&address) && !is_retained(&address))
}
