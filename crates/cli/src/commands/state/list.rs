//! `state list`.

use std::process::ExitCode;

use terraform::state::{Instance, Resource, Target};
use terraform::{Diagnostic, State, Value};

use super::{address_hint, existing, target};
use crate::context::Context;
use crate::error::CliError;
use crate::views::state;

/// The arguments of `state list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin state list\nunderpin state list aws_kms_key.main")]
pub(super) struct Args {
    /// Lists only what has this id
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Lists only these: a resource, an instance, or a module with all that is in it
    #[arg(value_name = "ADDRESS")]
    addresses: Vec<String>,
}

/// Lists addresses, in Terraform's order.
///
/// # Errors
/// No state, or one that cannot be read; text that is no address, and an address with nothing there.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let targets: Vec<Target> = args.addresses.iter().map(|text| target(text)).collect::<Result<_, _>>()?;
    let state = existing(context)?;
    let mut objects = Vec::new();
    for target in &targets {
        objects.extend(below(&state, target)?);
    }
    if targets.is_empty() {
        objects = state.listed();
    }
    let has_id =
        |instance: &Instance, id: &str| instance.attributes.get("id").and_then(Value::as_str) == Some(id);
    objects.retain(|(_, instance)| args.id.as_ref().is_none_or(|id| has_id(instance, id)));
    for line in state::list(&objects) {
        context.terminal.print(&line);
    }
    Ok(ExitCode::SUCCESS)
}

/// What a target means.
fn below<'a>(state: &'a State, target: &Target) -> Result<Vec<(&'a Resource, &'a Instance)>, CliError> {
    let mut objects = state.listed();
    objects.retain(|(resource, instance)| target.contains(resource, instance));
    if !objects.is_empty() {
        return Ok(objects);
    }
    let kind = match &target.object {
        None => "module",
        Some(object) if object.key.is_none() => "resource",
        Some(_) => "resource instance",
    };
    let finding =
        Diagnostic::error(format!("Unknown {kind}"), format!("The state holds no {kind} at {target}."));
    Err(CliError::from(finding.hint(address_hint(&target.to_string(), state))))
}
