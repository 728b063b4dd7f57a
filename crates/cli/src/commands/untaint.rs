//! `untaint`.

use std::process::ExitCode;

use clap::ArgAction;
use terraform::state::{Target, UntaintError};
use terraform::{Diagnostic, State};

use super::state::address_hint;
use crate::args;
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::operation;

/// The arguments of `untaint`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin untaint aws_kms_key.main")]
pub(crate) struct Args {
    #[command(flatten)]
    edit: args::Edit,
    /// Ends well where the state holds nothing at the address
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    allow_missing: bool,
    /// What is well: one object
    #[arg(value_name = "ADDRESS")]
    address: String,
}

/// Takes the mark off.
///
/// # Errors
/// Text that is no address, no state, nothing at the address, and an object that is not tainted.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let target: Target = super::state::target(&args.address)?;
    let found =
        operation::edit("untaint", &(&args.edit).into(), context, |state| match state.untaint(&target) {
            Ok(()) => Ok(true),
            Err(UntaintError::NothingThere(_)) if args.allow_missing => Ok(false),
            Err(error) => Err(refused(&error, state)),
        })?;
    let terminal = &context.terminal;
    if !found {
        let detail = format!(
            "Resource instance {target} was not found, but this is not an error because -allow-missing was set."
        );
        terminal.report(&[Diagnostic::warning("No such resource instance", detail)]);
    } else if args.edit.dry_run {
        terminal.say(&format!("Would untaint {target}"));
    } else {
        terminal.say(&format!("Resource instance {target} has been successfully untainted."));
    }
    Ok(ExitCode::SUCCESS)
}

fn refused(error: &UntaintError, state: &State) -> CliError {
    let (summary, detail, hint) = match error {
        UntaintError::NothingThere(address) => {
            let hint = address_hint(&address.to_string(), state);
            ("No such resource instance", format!("The state holds no object at {address}."), hint)
        }
        UntaintError::NotTainted(address) => (
            "Resource instance is not tainted",
            format!("{address} is not marked as tainted, so there is no mark to take off."),
            "what is marked is shown by: underpin show".to_owned(),
        ),
    };
    CliError::from(Diagnostic::error(summary, detail).hint(hint))
}
