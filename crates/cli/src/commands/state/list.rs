//! `state list`.

use std::process::ExitCode;

use terraform::Value;

use super::existing;
use crate::context::Context;
use crate::error::CliError;
use crate::views::state;

/// The arguments of `state list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin state list\nunderpin state list aws_kms_key.main")]
pub struct Args {
    /// Lists only what has this id
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Lists only these
    #[arg(value_name = "ADDRESS")]
    addresses: Vec<String>,
}

/// Lists addresses, sorted.
///
/// # Errors
/// No state, or one that cannot be read.
pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let mut state = existing(context)?;
    if let Some(id) = &args.id {
        for resource in &mut state.resources {
            resource
                .instances
                .retain(|instance| instance.attributes.get("id").and_then(Value::as_str) == Some(id));
        }
        state.resources.retain(|resource| !resource.instances.is_empty());
    }
    for line in state::list(&state).lines().filter(|line| args.wants(line)) {
        context.terminal.say(line);
    }
    Ok(ExitCode::SUCCESS)
}

impl Args {
    fn wants(&self, listed: &str) -> bool {
        self.addresses.is_empty()
            || self.addresses.iter().any(|address| {
                listed
                    .strip_prefix(address.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
            })
    }
}
