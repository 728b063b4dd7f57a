//! `trail verify`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgAction;

use super::task::Task;
use super::which::Which;
use super::{bucket, copy};
use crate::context::Context;
use crate::error::CliError;
use crate::views::trail::{self, Verified};
use crate::{flag_value, private_file};

/// The arguments of `trail verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin trail verify\nunderpin trail verify -since=2026-01-01 -json\n\
                        underpin trail verify -from=DIR\nunderpin trail verify -trail=ARN -bucket=NAME")]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// Prints one JSON document
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    json: bool,
    /// Writes the report to this file instead
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Verifies, and reports.
///
/// # Errors
/// There is nothing that could be verified.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let task = Task::report(context)?;
    let verified = match &args.which.from {
        Some(folder) => copy::verify(folder, &args.which, &task, context)?,
        None => bucket::verify(&args.which, &task, context)?,
    };
    let text = match args.json {
        true => trail::json(&verified.report),
        false => trail::report(&verified, if args.out.is_some() { None } else { context.terminal.width() }),
    };
    match &args.out {
        Some(path) => private_file::replace(path, format!("{text}\n").as_bytes())?,
        None => context.terminal.say(&text),
    }
    Ok(status(&verified))
}

/// 0 when everything is proven, 2 when something is wrong, 1 when it could not be decided.
pub(super) fn status(verified: &Verified) -> ExitCode {
    match (verified.report.is_proven(), verified.report.is_broken()) {
        (true, _) => ExitCode::SUCCESS,
        (false, true) => ExitCode::from(2),
        (false, false) => ExitCode::FAILURE,
    }
}
