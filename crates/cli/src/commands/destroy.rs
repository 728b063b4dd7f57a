//! `destroy`.

use std::process::ExitCode;

use clap::ArgAction;

use crate::args;
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::operation::{self, ApplyOptions};

/// The arguments of `destroy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin destroy\nunderpin destroy -delete-key")]
#[command(mut_arg("refresh_only", |arg| arg.hide(true)), mut_arg("replace", |arg| arg.hide(true)))]
pub(crate) struct Args {
    #[command(flatten)]
    pub operation: args::Operation,
    /// Does not ask
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    auto_approve: bool,
}

/// Plans to destroy, asks and destroys.
///
/// # Errors
/// Settings, backend, credentials, reads, and an answer that is not yes.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    operation::refuse_question(args.operation.shown.json, args.auto_approve)?;
    let plan = args.operation.options(true)?;
    operation::plan_and_apply(&ApplyOptions { plan, auto_approve: args.auto_approve, gate: None }, context)
}
