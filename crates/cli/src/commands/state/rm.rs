//! `state rm`.

use std::process::ExitCode;

use foundation::addresses;
use terraform::state::Target;
use terraform::{Diagnostic, State};

use super::{address_hint, is_ours, target};
use crate::args;
use crate::context::Context;
use crate::error::CliError;
use crate::operation;

/// The arguments of `state rm`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin state rm -dry-run aws_iam_role.old\nunderpin state rm 'module.old' 'aws_iam_role.x[\"a\"]'"
)]
pub(super) struct Args {
    #[command(flatten)]
    edit: args::Edit,
    /// What to forget: a resource, an instance, or a module with all that is in it
    #[arg(value_name = "ADDRESS", required = true)]
    addresses: Vec<String>,
}

/// Forgets what is at the addresses.
///
/// # Errors
/// Text that is no address, no state, and nothing at any of the addresses.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let terminal = &context.terminal;
    let targets: Vec<Target> = args.addresses.iter().map(|text| target(text)).collect::<Result<_, _>>()?;
    let (removed, missing) = operation::edit("state-rm", &(&args.edit).into(), context, |state| {
        let missing: Vec<&Target> = targets.iter().filter(|target| !state.holds(target)).collect();
        let removed = state.remove(&targets);
        if removed.is_empty() { Err(nothing_there(&missing, state)) } else { Ok((removed, missing)) }
    })?;
    let verb = if args.edit.dry_run { "Would remove" } else { "Removed" };
    for address in &removed {
        terminal.say(&format!("{verb} {address}"));
    }
    if !args.edit.dry_run {
        terminal.say(&format!("Successfully removed {} resource instance(s).", removed.len()));
    }
    if !missing.is_empty() {
        terminal.report(&[not_found(&missing)]);
    }
    if removed.contains(&addresses::deployment().to_string()) {
        terminal.report(&[unknown_from_now_on()]);
    } else if removed.iter().filter_map(|address| address.parse().ok()).any(|target| is_ours(&target)) {
        terminal.report(&[made_again()]);
    }
    Ok(ExitCode::SUCCESS)
}

fn listed(targets: &[&Target]) -> String {
    targets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn nothing_there(missing: &[&Target], state: &State) -> CliError {
    let finding = Diagnostic::error(
        "Invalid target address",
        format!("The state holds nothing at {}.", listed(missing)),
    );
    let first = missing.first().map(ToString::to_string).unwrap_or_default();
    CliError::from(finding.hint(address_hint(&first, state)))
}

fn not_found(missing: &[&Target]) -> Diagnostic {
    Diagnostic::warning(
        "Not every address was found",
        format!("The state holds nothing at {}.", listed(missing)),
    )
}

fn made_again() -> Diagnostic {
    let detail = "What the settings ask for is planned again. An object that still carries this foundation's tag is found \
                  by it and taken back into the state, not made a second time.";
    Diagnostic::warning("The foundation does not forget for long", detail)
        .hint("see what an apply would do: underpin plan")
}

fn unknown_from_now_on() -> Diagnostic {
    let detail = "What was made is still in AWS. An apply with this state would take it for somebody else's, and find it in \
                  its way.";
    Diagnostic::warning("The foundation is not known to this state any more", detail)
        .hint("to take it back, push the backup: underpin state push -force FILE")
}
