//! `export cloudformation`.

use std::process::ExitCode;

use clap::ArgAction;
use export::cloudformation::Syntax;
use terraform::Diagnostic;

use crate::configuration::{Configuration, Variables};
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;

/// The arguments of `export cloudformation`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin export cloudformation > foundation.yaml")]
pub(super) struct Args {
    #[command(flatten)]
    variables: Variables,
    /// Prints JSON instead of YAML
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    json: bool,
}

/// Prints a template with the settings as defaults of its parameters. It names no account and no partition.
///
/// # Errors
/// Settings that are not right.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let settings = Configuration::read(&args.variables, &context.environment)?.settings;
    if settings.exclusive_role_policies {
        let detail = "A stack leaves alone what others attach to its roles: exclusive_role_policies has no effect in the template.";
        context.terminal.tell(&format!("Note: {detail}"));
    }
    let syntax = if args.json { Syntax::Json } else { Syntax::Yaml };
    let template = export::template(&settings, syntax).ok_or_else(|| {
        let finding = Diagnostic::error("No template", "The settings make no foundation.");
        CliError::from(finding)
    })?;
    context.terminal.write(&template);
    Ok(ExitCode::SUCCESS)
}
