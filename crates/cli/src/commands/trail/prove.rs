//! `trail prove`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgAction;
use terraform::Diagnostic;

use super::task::Task;
use super::which::Which;
use super::{bucket, copy, verify};
use crate::context::Context;
use crate::error::CliError;
use crate::views::trail;
use crate::{flag_value, private_file, typed};

/// The script that a third person checks a bundle with.
const SCRIPT: &str = include_str!("bundle.py");

/// The arguments of `trail prove`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin trail prove -since=2026-01-01 -until=2026-02-01 -out=january.bundle\n\
                        underpin trail prove -script")]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// Writes the bundle to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Prints the script that checks a bundle, and does nothing else
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    script: bool,
}

/// Verifies a range, and writes a bundle when it is proven.
///
/// # Errors
/// A flag is missing, or there is nothing that could be verified.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    if args.script {
        context.terminal.write(SCRIPT);
        return Ok(ExitCode::SUCCESS);
    }
    let (Some(_), Some(_), Some(out)) = (args.which.since, args.which.until, &args.out) else {
        let detail = "A proof needs the range that it proves, and the file that it is written to.";
        let hint = "underpin trail prove -since=2026-01-01 -until=2026-02-01 -out=FILE";
        return Err(Diagnostic::error("Missing option", detail).hint(hint).into());
    };
    let task = Task::proof();
    let verified = match &args.which.from {
        Some(folder) => copy::verify(folder, &args.which, &task, context)?,
        None => bucket::verify(&args.which, &task, context)?,
    };
    let Some(id) = verified.trail.as_ref().filter(|_| verified.report.is_proven()) else {
        context.terminal.say(&trail::report(&verified, context.terminal.width()));
        context.terminal.tell("No proof is written of what is not proven.");
        return Ok(verify::status(&verified));
    };
    let bundle = ::trail::bundle::bundle(id, &verified.report, &verified.kept);
    private_file::replace(out, bundle.as_bytes())?;
    let file = typed::quoted(&out.display().to_string());
    context.terminal.say(&format!(
        "{}\n\nWhoever is to check it needs the bundle, the script and the keys, each from its own source:\n  \
         underpin trail prove -script > check.py\n  aws cloudtrail list-public-keys --region {} --start-time {} > keys.json\n  \
         python3 check.py {file} -keys keys.json",
        trail::report(&verified, context.terminal.width()),
        verified.report.regions.first().map_or("REGION", String::as_str),
        verified.report.range.start.map(|start| start.to_string()).unwrap_or_default(),
    ));
    Ok(ExitCode::SUCCESS)
}
