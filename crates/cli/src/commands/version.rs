//! `version`.

use std::process::ExitCode;

use clap::ArgAction;
use serde_json::json;

use crate::context::Context;
use crate::error::CliError;
use crate::switch;

/// The arguments of `version`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Prints JSON
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    json: bool,
}

/// Prints the version and the platform.
///
/// # Errors
/// None.
pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
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
        context.terminal.say(&format!("underpin v{version}\non {platform}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The processor, as Terraform calls it.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
