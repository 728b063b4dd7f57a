//! `policy`: what policies mean, without any call to AWS unless the live ones are asked for.

mod action;
mod diff;
mod explain;
mod lint;
mod principal;
mod requests;
mod simulate;
mod spans;

use std::path::Path;
use std::process::ExitCode;

use policy::{Kind, Policy, PolicyError, Prepared, Reason};
use terraform::Diagnostic;

use crate::context::Context;
use crate::error::CliError;
use crate::input;

/// The arguments of `policy`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

/// A command below `policy`.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Says what policies decide about a request, which statements decide it, and what is missing
    Simulate(Box<simulate::Args>),
    /// Says who gains and who loses what from one policy to another
    Diff(diff::Args),
    /// Finds mistakes and dangers in policies
    Lint(lint::Args),
    /// Says in sentences what a policy does
    Explain(explain::Args),
}

/// Runs the command below `policy`.
///
/// # Errors
/// Those of the command.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    match &args.command {
        Command::Simulate(args) => simulate::run(args, context),
        Command::Diff(args) => diff::run(args, context),
        Command::Lint(args) => lint::run(args, context),
        Command::Explain(args) => explain::run(args, context),
    }
}

/// A kind by its name, for clap.
fn kind(name: &str) -> Result<Kind, String> {
    Kind::named(name).ok_or_else(|| {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        format!("the kinds are {}", names.join(", "))
    })
}

/// The text of a file; `-` is stdin.
fn text(path: &Path) -> Result<String, CliError> {
    let bytes = if path == Path::new("-") {
        input::bytes(std::io::stdin().lock(), Policy::MAX_BYTES)
    } else {
        input::file(path, Policy::MAX_BYTES)
    };
    let bytes = bytes.map_err(|source| CliError::File { action: "read", path: path.to_owned(), source })?;
    String::from_utf8(bytes).map_err(|_| {
        let summary = format!("{} is not text", path.display());
        CliError::from(Diagnostic::error(summary, "A policy is JSON text in UTF-8."))
    })
}

/// A policy in a file.
fn read(path: &Path) -> Result<Policy, CliError> {
    let text = text(path)?;
    Policy::parse(&text).map_err(|error| CliError::from(unreadable(path, &error)))
}

/// The same, ready to be asked.
fn prepared(path: &Path) -> Result<Prepared, CliError> {
    read(path).map(|policy| policy.prepare())
}

/// A text that is no policy.
fn unreadable(path: &Path, error: &PolicyError) -> Diagnostic {
    let place = match error.reason {
        Reason::Syntax { line, column, .. } => format!("{}:{line}:{column}", path.display()),
        _ => path.display().to_string(),
    };
    Diagnostic::error(format!("{place} is not a policy"), format!("{error}."))
}
