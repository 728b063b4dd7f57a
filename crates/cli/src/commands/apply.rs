//! `apply`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ArgAction;
use terraform::Diagnostic;

use crate::args;
use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::operation::{self, ApplyOptions, SavedOptions};

/// The arguments of `apply`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin apply\nunderpin apply -auto-approve\nunderpin apply plan.out")]
pub(crate) struct Args {
    #[command(flatten)]
    pub operation: args::Operation,
    #[command(flatten)]
    widening: args::Widening,
    /// Does not ask
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    auto_approve: bool,
    /// Destroys instead
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    destroy: bool,
    /// A plan saved with plan -out; it is applied as it is, without a question
    #[arg(value_name = "PLANFILE")]
    plan_file: Option<PathBuf>,
}

/// Plans, asks and applies; or applies a saved plan.
///
/// # Errors
/// Settings, backend, credentials, reads, and an answer that is not yes.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    match &args.plan_file {
        Some(path) => saved(args, path, context),
        None => {
            operation::refuse_question(args.operation.shown.json, args.auto_approve)?;
            let plan = args.operation.options(args.destroy)?;
            operation::plan_and_apply(
                &ApplyOptions { plan, auto_approve: args.auto_approve, gate: args.widening.no_widening },
                context,
            )
        }
    }
}

fn saved(args: &Args, path: &Path, context: &Context) -> Result<ExitCode, CliError> {
    let planning = &args.operation.planning;
    let flag = [
        (args.destroy, "-destroy"),
        (planning.delete_key, "-delete-key"),
        (planning.refresh_only, "-refresh-only"),
        (!planning.target.is_empty(), "-target"),
        (!planning.replace.is_empty(), "-replace"),
    ]
    .into_iter()
    .find_map(|(given, flag)| given.then_some(flag));
    if let Some(flag) = flag {
        let detail = format!("A saved plan is applied as it was made, so {flag} cannot be used with it.");
        let finding = Diagnostic::error("Incompatible command line options", detail);
        return Err(CliError::from(
            finding.hint(format!("make another plan: underpin plan -out={} …", path.display())),
        ));
    }
    let backend = Backend::load(context)?;
    let options = SavedOptions {
        variables: args.operation.variables.clone(),
        lock: args.operation.lock.into(),
        expect_account_id: args.operation.expect_account_id.clone(),
        parallelism: args.operation.changes_at_once(),
        gate: args.widening.no_widening,
    };
    operation::apply_saved(path, &options, &backend, context)
}
