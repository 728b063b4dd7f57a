//! `validate`.

use std::process::ExitCode;

use clap::ArgAction;
use serde_json::{Value, json};
use terraform::{Diagnostic, Severity, diagnostic_json};

use crate::configuration::{Configuration, Variables};
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;

/// The arguments of `validate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin validate\nunderpin validate -json -var-file=other.tfvars")]
pub(crate) struct Args {
    #[command(flatten)]
    variables: Variables,
    /// Prints JSON
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    json: bool,
    #[command(flatten)]
    ignored: Ignored,
}

/// Flags of Terraform's that have nothing to do here: there are no tests of modules.
#[derive(Debug, clap::Args)]
struct Ignored {
    #[arg(long, hide = true, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    no_tests: bool,
    #[arg(long, hide = true)]
    test_directory: Option<String>,
}

/// Checks the settings.
///
/// # Errors
/// Everything that is wrong with them.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let result = Configuration::read(&args.variables, &context.environment);
    if args.json {
        let valid = result.is_ok();
        let findings = result.map_or_else(|findings| findings, |configuration| configuration.findings);
        context.terminal.print(&terraform::json::pretty(&document(&findings)));
        return Ok(if valid { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let findings = result?.findings;
    context.terminal.report(&findings);
    let caveat =
        if findings.is_empty() { "" } else { ", but there were some validation warnings as shown above" };
    context.terminal.say(&format!("Success! The configuration is valid{caveat}.\n"));
    Ok(ExitCode::SUCCESS)
}

/// The findings in the form of `terraform validate -json`.
fn document(findings: &[Diagnostic]) -> Value {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let errors = count(Severity::Error);
    json!({
        "format_version": "1.0",
        "valid": errors == 0,
        "error_count": errors,
        "warning_count": count(Severity::Warning),
        "diagnostics": findings.iter().map(diagnostic_json::finding).collect::<Vec<_>>(),
    })
}
