//! `state show`.

use std::process::ExitCode;

use terraform::{Address, Diagnostic};

use super::existing;
use crate::context::Context;
use crate::error::CliError;
use crate::views::state;

/// The arguments of `state show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin state show aws_kms_key.main")]
pub struct Args {
    /// The resource
    #[arg(value_name = "ADDRESS")]
    address: String,
}

/// Shows one resource.
///
/// # Errors
/// No state, or nothing at the address.
pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let none = |detail: String| {
        let finding = Diagnostic::error("No instance found for the given address", detail);
        CliError::from(finding.hint("the addresses are listed by: underpin state list"))
    };
    let address: Address = args.address.parse().map_err(|error| none(format!("{error}.")))?;
    let state = existing(context)?;
    let instance =
        state.instance(&address).ok_or_else(|| none(format!("The state holds nothing at {address}.")))?;
    context.terminal.write(&state::show(&address, instance, context.terminal.palette()));
    Ok(ExitCode::SUCCESS)
}
