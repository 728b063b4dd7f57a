//! `export`: the foundation in other tools' languages. None changes the state.

mod cloudformation;
mod json;
mod remote_state;
mod ssm;
mod stored;
mod terraform_module;
mod tfvars;

use std::collections::BTreeMap;
use std::process::ExitCode;

use terraform::Diagnostic;
use terraform::state::Output;

use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;

/// The arguments of `export`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin export terraform handover/\nunderpin export remote-state > ../app/global.tf\nunderpin export cloudformation > foundation.yaml"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

/// A command below `export`.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Writes a Terraform module that makes what underpin manages
    ///
    /// The module's addresses are those of the state, so Terraform goes on with the state as it is. With
    /// -provider-version=3 the settings of the log bucket stand within the bucket, and main.tf says what to take out of
    /// the state first.
    Terraform(terraform_module::Args),
    /// Prints the block with which other modules read the outputs
    RemoteState(remote_state::Args),
    /// Prints the outputs as a variable file
    Tfvars(tfvars::Args),
    /// Prints the outputs as JSON, name to value
    Json(json::Args),
    /// Writes the outputs to SSM parameters, for readers that may not read the state
    Ssm(ssm::Args),
    /// Prints a CloudFormation template of the same foundation, for StackSets
    Cloudformation(cloudformation::Args),
}

/// Runs the command below `export`.
///
/// # Errors
/// Those of the command.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    match &args.command {
        Command::Terraform(args) => terraform_module::run(args, context),
        Command::RemoteState(args) => remote_state::run(args, context),
        Command::Tfvars(args) => tfvars::run(args, context),
        Command::Json(args) => json::run(args, context),
        Command::Ssm(args) => ssm::run(args, context),
        Command::Cloudformation(args) => cloudformation::run(args, context),
    }
}

/// The recorded outputs, of which there must be some.
fn outputs(context: &Context) -> Result<BTreeMap<String, Output>, CliError> {
    let state = Backend::load(context)?.read_state()?;
    let outputs = state.map(|state| state.outputs).unwrap_or_default();
    if outputs.is_empty() {
        let detail = "The state has no outputs. They are recorded by an apply.";
        let finding = Diagnostic::error("No outputs found", detail);
        return Err(CliError::from(finding.hint("underpin apply")));
    }
    Ok(outputs)
}
