//! `show`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ArgAction;
use engine::document::document;
use engine::{PlanFile, PlanFileError};
use terraform::state::STATE_LIMIT;
use terraform::{Diagnostic, State, state_json};
use time::OffsetDateTime;

use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::input;
use crate::operation;
use crate::views::plan::{self, PlanContext};
use crate::views::state;
use crate::views::whereabouts::Whereabouts;

/// The arguments of `show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin show\nunderpin show plan.out\nunderpin show -json plan.out")]
pub(crate) struct Args {
    /// Prints JSON, sensitive values included
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    json: bool,
    /// A saved plan or a state file, instead of the current state
    #[arg(value_name = "PLANFILE|STATEFILE")]
    path: Option<PathBuf>,
}

/// Shows the state, a state file or a saved plan.
///
/// # Errors
/// Whatever is to be shown cannot be read.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let shown = match &args.path {
        None => Shown::State(Backend::load(context)?.read_state()?.map(Box::new)),
        Some(path) => file(path)?,
    };
    let palette = context.terminal.palette();
    match shown {
        _ if args.json => context.terminal.print(&shown.json()?),
        Shown::State(state) => context.terminal.write(&state::render(state.as_deref(), palette)),
        Shown::Plan(saved) => {
            let whereabouts = Whereabouts::of(&saved.basis);
            let view = PlanContext {
                whereabouts: Some(&whereabouts),
                today: Some(OffsetDateTime::now_utc().date()),
                width: context.terminal.width(),
                in_automation: true,
                ..PlanContext::default()
            };
            context.terminal.write(&plan::render(&saved.plan, &view, palette));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is shown.
enum Shown {
    /// A state; `None`: there is none.
    State(Option<Box<State>>),
    /// A saved plan.
    Plan(Box<PlanFile>),
}

impl Shown {
    /// Terraform's document of it.
    fn json(&self) -> Result<String, CliError> {
        let line = match self {
            Self::State(state) => state_json::Document::of(state.as_deref()).to_line(),
            Self::Plan(saved) => document(saved).to_line(),
        };
        line.map_err(|error| CliError::Internal(error.to_string()))
    }
}

/// A plan file, or else a state file.
fn file(path: &Path) -> Result<Shown, CliError> {
    match operation::read_saved_plan(path) {
        Ok(saved) => Ok(Shown::Plan(Box::new(saved))),
        Err(CliError::PlanFile { source: PlanFileError::Unreadable(_), .. }) => {
            let bytes = input::file(path, STATE_LIMIT).map_err(|source| CliError::File {
                action: "read",
                path: path.to_owned(),
                source,
            })?;
            let state = State::parse(&bytes).map_err(|error| neither(path, &error))?;
            Ok(Shown::State(Some(Box::new(state))))
        }
        Err(error) => Err(error),
    }
}

fn neither(path: &Path, error: &terraform::state::StateError) -> CliError {
    let detail = format!("{} is neither a plan saved by underpin nor a state: {error}.", path.display());
    CliError::from(Diagnostic::error("Failed to read the given file as a state or plan file", detail))
}
