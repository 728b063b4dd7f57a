//! `state mv`.

use std::process::ExitCode;

use terraform::state::{MoveError, Target};
use terraform::{Diagnostic, State};

use super::{address_hint, is_ours, target};
use crate::args;
use crate::context::Context;
use crate::error::CliError;
use crate::operation;
use crate::text::sentence;
use crate::typed::quoted as quoted_word;

/// The arguments of `state mv`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin state mv aws_iam_role.nodes aws_iam_role.eks_node_group\nunderpin state mv -dry-run module.old module.new"
)]
pub(super) struct Args {
    #[command(flatten)]
    edit: args::Edit,
    /// What to move: a resource, an instance, or a module with all that is in it
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Its new address
    #[arg(value_name = "DESTINATION")]
    destination: String,
}

/// Moves what is at one address to another.
///
/// # Errors
/// Text that is no address, no state, nothing at the source, something at the destination.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let terminal = &context.terminal;
    let (from, to) = (target(&args.source)?, target(&args.destination)?);
    operation::edit("state-mv", &(&args.edit).into(), context, |state| {
        state.relocate(&from, &to).map_err(|error| refused(&error, &from, state))
    })?;
    let (from_text, to_text) = (quoted(&from), quoted(&to));
    if args.edit.dry_run {
        terminal.say(&format!("Would move {from_text} to {to_text}"));
    } else {
        terminal.say(&format!("Move {from_text} to {to_text}\nSuccessfully moved 1 object(s)."));
    }
    if is_ours(&from) && !is_ours(&to) {
        terminal.report(&[out_of_sight(&from, &to)]);
    }
    Ok(ExitCode::SUCCESS)
}

/// An address in quotation marks, those in it escaped.
fn quoted(target: &Target) -> String {
    format!("{:?}", target.to_string())
}

fn refused(error: &MoveError, from: &Target, state: &State) -> CliError {
    let summary = match error {
        MoveError::NothingThere { .. } => "Invalid source address",
        MoveError::Occupied { .. } | MoveError::Kinds { .. } | MoveError::TooDeep { .. } => {
            "Invalid target address"
        }
        MoveError::Types { .. } | MoveError::Modes { .. } | MoveError::Providers { .. } => {
            "Invalid state move request"
        }
    };
    let finding = Diagnostic::error(summary, sentence(&error.to_string()));
    CliError::from(finding.hint(match error {
        MoveError::NothingThere { .. } => address_hint(&from.to_string(), state),
        _ => "the addresses are listed by: underpin state list".to_owned(),
    }))
}

fn out_of_sight(from: &Target, to: &Target) -> Diagnostic {
    let detail = format!(
        "underpin manages {from}, and leaves everything at other addresses alone. At {to} the object is kept in the \
         state as it is; the next plan finds it by its tag and takes it back at {from} as well."
    );
    Diagnostic::warning("This address is not one of the foundation", detail).hint(format!(
        "to take it back: underpin state mv {} {}",
        quoted_word(&to.to_string()),
        quoted_word(&from.to_string())
    ))
}
