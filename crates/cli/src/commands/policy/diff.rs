//! `policy diff`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgAction;
use engine::permissions::{Entry, Gate};
use policy::{Attachment, Kind, PermissionChange, difference};
use terraform::Diagnostic;

use super::{kind, read};
use crate::args;
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::views::policy::{change_value, changes_text};

/// The arguments of `policy diff`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin policy diff -kind=key before.json after.json\nunderpin policy diff -no-widening before.json after.json"
)]
pub(super) struct Args {
    /// What the policies are attached to: identity, trust, key, bucket, repository, topic, boundary, scp, rcp, session
    /// or endpoint; as their statements tell if not given
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<Kind>,
    /// The account that the key, bucket, role, repository or topic belongs to
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Prints JSON
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    json: bool,
    #[command(flatten)]
    widening: args::Widening,
    /// Exits with 2 if there are differences
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    detailed_exitcode: bool,
    /// The policy there was
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// The policy there is
    #[arg(value_name = "AFTER")]
    after: PathBuf,
}

/// Compares two policies.
///
/// # Errors
/// Files that cannot be read, or hold no policies; with `-no-widening`, what widens.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let (before, after) = (read(&args.before)?, read(&args.after)?);
    let kind = args.kind.unwrap_or_else(|| match Kind::guess(&after) {
        Kind::Identity => Kind::guess(&before),
        kind => kind,
    });
    let attachment = Attachment { account: args.account.as_deref(), ..Attachment::to(kind) };
    let changes = difference(Some(&before), Some(&after), attachment);
    if args.json {
        let values: Vec<_> = changes.iter().map(change_value).collect();
        context
            .terminal
            .print(&serde_json::json!({"kind": kind.name(), "permission_changes": values}).to_string());
    } else {
        context.terminal.write(&changes_text(&changes, context.terminal.palette(), context.terminal.width()));
    }
    if let Some(gate) = args.widening.no_widening {
        refuse(gate, &changes)?;
    }
    let differs = args.detailed_exitcode && !changes.is_empty();
    Ok(if differs { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

/// Refuses what widens.
fn refuse(gate: Gate, changes: &[PermissionChange]) -> Result<(), CliError> {
    let count = changes.iter().filter(|change| gate.stops(&Entry::of(change, None))).count();
    if count == 0 {
        return Ok(());
    }
    let (what, named) = match gate {
        Gate::Public => ("for everyone", "public"),
        Gate::Accounts => ("for other accounts", "accounts"),
        Gate::Any => ("what somebody can do", "any"),
    };
    let finding = Diagnostic::error(
        format!("The new policy widens {what}"),
        format!("{count} of the changes above give more than there was, which -no-widening={named} refuses."),
    );
    Err(CliError::from(finding))
}
