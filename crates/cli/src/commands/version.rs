//! `version`.

use std::process::ExitCode;

use clap::ArgAction;
use serde_json::json;

use crate::context::Context;
use crate::environment::Environment;
use crate::error::CliError;
use crate::flag_value;

/// The arguments of `version`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Prints JSON
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    json: bool,
}

/// Prints the version and the platform.
///
/// # Errors
/// None.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let version = env!("CARGO_PKG_VERSION");
    let platform = format!("{}_{}", std::env::consts::OS, architecture());
    if args.json {
        let document = json!({
            "underpin_version": version,
            "platform": platform,
            "terraform_version": terraform::TERRAFORM_VERSION,
        });
        context.terminal.print(&terraform::json::pretty(&document));
    } else {
        let text = format!(
            "underpin v{version}\non {platform}\ncompatible with Terraform v{}",
            terraform::TERRAFORM_VERSION
        );
        context.terminal.say(&in_order(&text, &context.environment));
    }
    Ok(ExitCode::SUCCESS)
}

/// The variable with which the line that wrappers look for comes first: some read only that one, and want it to begin
/// with "Terraform v".
const FIRST: &str = "UNDERPIN_VERSION_AS_TERRAFORM";

/// The lines, in the order that is asked for.
fn in_order(text: &str, environment: &Environment) -> String {
    if environment.get(FIRST).is_none() {
        return text.to_owned();
    }
    format!("Terraform v{} (compatible)\n{text}", terraform::TERRAFORM_VERSION)
}

/// The processor, as Terraform calls it.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
