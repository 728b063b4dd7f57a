//! `policy lint`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ArgAction;
use policy::{Finding, Kind, Policy, Severity, lint};

use super::spans::Places;
use super::{kind, text, unreadable};
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::views::policy::{Linted, lint_text, lint_value, sarif};

/// The arguments of `policy lint`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin policy lint key.json\nunderpin policy lint -kind=trust -sarif *.json")]
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
    /// Prints SARIF 2.1.0, for code scanning
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    sarif: bool,
    /// The policies; `-` is stdin
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// Looks for mistakes and dangers; fails if there are mistakes.
///
/// # Errors
/// Files that cannot be read, or hold no policies.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let mut all = Vec::new();
    for path in &args.files {
        all.extend(linted(args, path)?);
    }
    if args.sarif {
        context.terminal.print(&sarif(&all).to_string());
    } else if args.json {
        let values: Vec<_> = all.iter().map(lint_value).collect();
        context.terminal.print(&serde_json::Value::from(values).to_string());
    } else {
        context.terminal.say(&lint_text(&all));
    }
    let has_errors = all.iter().any(|one| one.finding.rule.severity() == Severity::Error);
    Ok(if has_errors { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The findings about a file, with their places.
fn linted(args: &Args, path: &Path) -> Result<Vec<Linted>, CliError> {
    let text = text(path)?;
    let policy = Policy::parse(&text).map_err(|error| CliError::from(unreadable(path, &error)))?;
    let kind = args.kind.unwrap_or_else(|| Kind::guess(&policy));
    let places = Places::new(&text);
    let linted = |finding: Finding| {
        let (line, column) = places.of(&finding.path).unwrap_or((1, 1));
        Linted { file: path.display().to_string(), line, column, finding }
    };
    Ok(lint(&policy, kind, args.account.as_deref()).into_iter().map(linted).collect())
}
