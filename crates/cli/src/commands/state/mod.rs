//! `state`: looking into the state, and changing it by hand.

mod list;
mod mv;
mod pull;
mod push;
mod rm;
mod show;

use std::process::ExitCode;

use terraform::state::Target;
use terraform::{Diagnostic, State, similar};

use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;
use crate::operation;

/// The arguments of `state`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

/// A command below `state`.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Lists the addresses of all resources
    List(list::Args),
    /// Shows one resource
    Show(show::Args),
    /// Prints the state as it is stored
    Pull(pull::Args),
    /// Writes a state file over the state
    ///
    /// Refused for a state of another history (lineage), for one that is older, and for another one with the same serial.
    Push(push::Args),
    /// Forgets resources, without deleting them in AWS
    Rm(rm::Args),
    /// Gives a resource or a module another address
    Mv(mv::Args),
}

/// Runs the command below `state`.
///
/// # Errors
/// Those of the command.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    match &args.command {
        Command::List(args) => list::run(args, context),
        Command::Show(args) => show::run(args, context),
        Command::Pull(args) => pull::run(args, context),
        Command::Push(args) => push::run(args, context),
        Command::Rm(args) => rm::run(args, context),
        Command::Mv(args) => mv::run(args, context),
    }
}

/// The state, which must exist.
fn existing(context: &Context) -> Result<State, CliError> {
    Backend::load(context)?.read_state()?.ok_or_else(operation::no_state)
}

/// Reads an address.
///
/// # Errors
/// Text that is none.
pub(super) fn target(text: &str) -> Result<Target, CliError> {
    text.parse().map_err(|error| {
        let finding = Diagnostic::error("Invalid address", format!("{error}."));
        CliError::from(finding.hint("the addresses are listed by: underpin state list"))
    })
}

/// What to say where the state holds nothing at an address: the one that was probably meant.
pub(super) fn address_hint(typed: &str, state: &State) -> String {
    let known: Vec<String> = state
        .listed()
        .into_iter()
        .map(|(resource, instance)| instance.address_in(&resource.address()))
        .collect();
    match similar(typed, known.iter().map(String::as_str)) {
        Some(meant) => format!("did you mean {meant}?"),
        None => "the addresses are listed by: underpin state list".to_owned(),
    }
}

/// Whether `target` is an address of the foundation.
fn is_ours(target: &Target) -> bool {
    target.address().is_some_and(|address| foundation::addresses::is_managed(&address))
}
