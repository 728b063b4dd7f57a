//! `output`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::ArgAction;
use terraform::state::Output;
use terraform::{Diagnostic, output, similar};

use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;

/// The arguments of `output`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin output\nunderpin output -json\nunderpin output -raw kms_key_arn")]
pub(crate) struct Args {
    /// Prints JSON, sensitive values included
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    json: bool,
    /// Prints one value bare, without a newline
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    raw: bool,
    /// One output instead of all
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Prints outputs as Terraform prints them.
///
/// # Errors
/// Flags that exclude each other, an unreadable state, an unknown name.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    if args.json && args.raw {
        return Err(usage("Invalid output format", "The -raw and -json options are mutually-exclusive."));
    }
    if args.raw && args.name.is_none() {
        return Err(usage(
            "Output name required",
            "You must give the name of a single output value when using the -raw option.",
        ));
    }
    let state = Backend::load(context)?.read_state()?;
    let outputs = state.map(|state| state.outputs).unwrap_or_default();
    if outputs.is_empty() && !args.json && args.name.is_none() {
        context.terminal.report(&[none_found()]);
        return Ok(ExitCode::SUCCESS);
    }
    match &args.name {
        None if args.json => context.terminal.print(&output::json(&outputs)),
        None => context.terminal.print(&output::human(&outputs)),
        Some(name) => {
            let output = find(&outputs, name)?;
            if args.raw {
                context.terminal.write(&output.raw().map_err(|error| not_raw(name, &error))?);
            } else if args.json {
                context.terminal.print(&output.json());
            } else {
                context.terminal.print(&output.human());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn find<'a>(outputs: &'a BTreeMap<String, Output>, name: &str) -> Result<&'a Output, CliError> {
    outputs.get(name).ok_or_else(|| {
        let names: Vec<&str> = outputs.keys().map(String::as_str).collect();
        let mut finding = Diagnostic::error(
            format!("Output \"{name}\" not found"),
            match names.is_empty() {
                true => "The state has no outputs. They are recorded by an apply.",
                false => "The state has no output of this name. New outputs are there after the next apply.",
            },
        );
        finding = match similar(name, names.iter().copied()) {
            _ if names.is_empty() => finding.hint("underpin apply"),
            Some(meant) => finding.hint(format!("did you mean {meant}?")),
            None => finding.hint(format!("the outputs are: {}", names.join(", "))),
        };
        CliError::from(finding)
    })
}

fn none_found() -> Diagnostic {
    Diagnostic::warning(
        "No outputs found",
        "The state either has no outputs, or all of them are empty. Outputs are recorded by an apply.",
    )
}

fn not_raw(name: &str, error: &output::NotRaw) -> CliError {
    let detail = format!(
        "The -raw option only supports strings, numbers, and boolean values, and `{name}` is a {}.",
        error.type_name
    );
    let finding = Diagnostic::error("Unsupported value for raw output", detail);
    CliError::from(finding.hint(format!("underpin output -json {name}")))
}

fn usage(summary: &str, detail: &str) -> CliError {
    CliError::from(Diagnostic::error(summary, detail))
}
