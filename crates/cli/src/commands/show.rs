//! `show`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ArgAction;
use engine::PlanFileError;
use terraform::{Diagnostic, State};
use time::OffsetDateTime;

use crate::args::switch;
use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;
use crate::operation;
use crate::views::plan::{self, PlanContext};
use crate::views::show;

/// The arguments of `show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin show\nunderpin show plan.out\nunderpin show terraform.tfstate")]
pub struct Args {
    /// `-json`, which this command does not have yet.
    #[arg(long, hide = true, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    json: bool,
    /// A saved plan or a state file, instead of the current state
    #[arg(value_name = "PLANFILE|STATEFILE")]
    path: Option<PathBuf>,
}

/// Shows the state, a state file or a saved plan.
///
/// # Errors
/// Whatever is to be shown cannot be read.
pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    if args.json {
        let detail = "This version shows plans and states as text only.";
        let hint = "the state itself is JSON: underpin state pull; the outputs: underpin output -json";
        return Err(CliError::Usage(Box::new(
            Diagnostic::error("Option -json is not available here", detail).hint(hint),
        )));
    }
    let palette = context.terminal.palette();
    let text = match &args.path {
        None => show::render(Backend::load(context)?.read_state()?.as_ref(), palette),
        Some(path) => file(path, context)?,
    };
    context.terminal.write(&text);
    Ok(ExitCode::SUCCESS)
}

/// A plan file, or else a state file, as text.
fn file(path: &Path, context: &Context) -> Result<String, CliError> {
    let palette = context.terminal.palette();
    match operation::read_saved_plan(path) {
        Ok(saved) => {
            let view = PlanContext {
                today: Some(OffsetDateTime::now_utc().date()),
                width: context.terminal.width(),
                in_automation: true,
                ..PlanContext::default()
            };
            Ok(plan::render(&saved.plan, &view, palette))
        }
        Err(CliError::PlanFile { source: PlanFileError::Unreadable(_), .. }) => {
            let failed = |source| CliError::File { action: "read", path: path.to_owned(), source };
            let state =
                State::parse(&std::fs::read(path).map_err(failed)?).map_err(|error| neither(path, &error))?;
            Ok(show::render(Some(&state), palette))
        }
        Err(error) => Err(error),
    }
}

fn neither(path: &Path, error: &terraform::state::StateError) -> CliError {
    let detail = format!("{} is neither a plan saved by underpin nor a state: {error}.", path.display());
    CliError::Usage(Box::new(Diagnostic::error(
        "Failed to read the given file as a state or plan file",
        detail,
    )))
}
