//! `policy explain`.

use std::path::Path;
use std::process::ExitCode;

use policy::Policy;
use terraform::{Diagnostic, Value};

use super::read;
use crate::backend::Backend;
use crate::commands::state::target;
use crate::context::Context;
use crate::error::CliError;
use crate::operation;
use crate::views::policy::explanation;

/// The arguments of `policy explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin policy explain key.json\nunderpin policy explain aws_kms_key.main")]
pub(super) struct Args {
    /// A file, or the address of a resource in the state
    #[arg(value_name = "FILE|ADDRESS")]
    what: String,
}

/// Says what a policy does, a sentence a statement.
///
/// # Errors
/// Nothing there, or no policy.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let path = Path::new(&args.what);
    let policies = if path.exists() || args.what == "-" || args.what.contains(['/', '\\']) {
        vec![(args.what.clone(), read(path)?)]
    } else {
        recorded(&args.what, context)?
    };
    for (name, policy) in &policies {
        context.terminal.say(explanation(name, policy).trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

/// The policies of a resource in the state.
fn recorded(address: &str, context: &Context) -> Result<Vec<(String, Policy)>, CliError> {
    let target = target(address)?;
    let state = Backend::load(context)?.read_state()?.ok_or_else(operation::no_state)?;
    let mut policies = Vec::new();
    for (resource, instance) in state.listed() {
        if !target.contains(resource, instance) {
            continue;
        }
        for name in ["policy", "assume_role_policy"] {
            let text = instance.attributes.get(name).and_then(Value::as_str);
            let policy = text.and_then(|text| Policy::parse(text).ok());
            policies.extend(policy.map(|policy| (format!("{} ({name})", resource.address()), policy)));
        }
    }
    if policies.is_empty() {
        let finding = Diagnostic::error(
            format!("No policy at {address}"),
            "There is no such file, and the state holds no policy at this address.",
        );
        return Err(CliError::from(finding.hint("the addresses are listed by: underpin state list")));
    }
    Ok(policies)
}
