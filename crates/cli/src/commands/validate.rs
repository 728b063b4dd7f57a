//! `validate`.

use std::process::ExitCode;

use clap::ArgAction;
use serde_json::{Value, json};
use terraform::{Diagnostic, Location, Severity};

use crate::args::{Variables, switch};
use crate::configuration::Configuration;
use crate::context::Context;
use crate::error::CliError;

/// The arguments of `validate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin validate\nunderpin validate -json -var-file=other.tfvars")]
pub struct Args {
    #[command(flatten)]
    variables: Variables,
    /// Prints JSON
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    json: bool,
}

/// Checks the settings.
///
/// # Errors
/// Everything that is wrong with them.
pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let result = Configuration::read(&args.variables, &context.environment);
    if args.json {
        let valid = result.is_ok();
        let findings = result.map_or_else(|findings| findings, |configuration| configuration.findings);
        context.terminal.say(&terraform::json::pretty(&document(&findings)));
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
        "diagnostics": findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Diagnostic) -> Value {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let hint = finding.hint.iter().map(|hint| format!("\n\n{hint}"));
    let detail = [finding.detail.clone()].into_iter().chain(hint).collect::<String>();
    let mut object = json!({ "severity": severity, "summary": finding.summary, "detail": detail });
    if let (Some(location), Some(fields)) = (&finding.location, object.as_object_mut()) {
        fields.insert("range".to_owned(), range(location));
        fields.insert("snippet".to_owned(), snippet(location));
    }
    object
}

fn range(location: &Location) -> Value {
    let point =
        |(line, column): (usize, usize), byte: usize| json!({ "line": line, "column": column, "byte": byte });
    json!({
        "filename": location.source.name,
        "start": point(location.start(), location.span.start),
        "end": point(location.end(), location.span.end),
    })
}

/// The lines of a place, and where in them it lies.
fn snippet(location: &Location) -> Value {
    let text = &location.source.text;
    let begin = text.get(..location.span.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let rest = text.get(location.span.end..).unwrap_or_default();
    let end = location.span.end + rest.find('\n').unwrap_or(rest.len());
    json!({
        "context": Value::Null,
        "code": text.get(begin..end).unwrap_or_default(),
        "start_line": location.start().0,
        "highlight_start_offset": location.span.start.saturating_sub(begin),
        "highlight_end_offset": location.span.end.saturating_sub(begin),
        "values": [],
    })
}
