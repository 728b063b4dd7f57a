//! `state show`.

use std::process::ExitCode;

use terraform::Diagnostic;
use terraform::state::Target;

use super::{address_hint, existing};
use crate::context::Context;
use crate::error::CliError;
use crate::views::state;

/// The arguments of `state show`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin state show aws_kms_key.main\nunderpin state show 'module.x.aws_iam_role.y[\"a\"]'"
)]
pub(super) struct Args {
    /// The resource, or one instance of it
    #[arg(value_name = "ADDRESS")]
    address: String,
}

/// Shows one resource.
///
/// # Errors
/// No state, or nothing at the address.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let none = |detail: String, hint: &str| {
        let finding = Diagnostic::error("No instance found for the given address", detail);
        CliError::from(finding.hint(hint))
    };
    let target: Target = args
        .address
        .parse()
        .map_err(|error| none(format!("{error}."), "the addresses are listed by: underpin state list"))?;
    let state = existing(context)?;
    let (resource, instance) = state.object(&target).ok_or_else(|| {
        let keyed = if state.holds(&target) { ", but there are instances of it" } else { "" };
        let detail = format!("The state holds no object at exactly {target}{keyed}.");
        none(detail, &address_hint(&args.address, &state))
    })?;
    context.terminal.write(&state::show(resource, instance, context.terminal.palette()));
    Ok(ExitCode::SUCCESS)
}
