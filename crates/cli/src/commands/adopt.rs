//! `adopt`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgAction;
use foundation::AccountId;
use terraform::Diagnostic;
use uuid::Uuid;

use crate::args::{Lock, parallelism};
use crate::configuration::{VariableSource, Variables};
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::operation::{self, AdoptOptions, AdoptionSource};

/// The arguments of `adopt`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin adopt -from-backend -dry-run\nunderpin adopt -from-state=old/terraform.tfstate -faithful\nunderpin adopt"
)]
pub(crate) struct Args {
    #[command(flatten)]
    variables: Variables,
    #[command(flatten)]
    lock: Lock,
    /// Takes over what this Terraform state records; the file is only read
    #[arg(long, value_name = "FILE")]
    from_state: Option<PathBuf>,
    /// Takes over what the state of the backend records at other addresses, in place
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    from_backend: bool,
    /// Goes on with this deployment, whose state is lost: the value of its objects' tag underpin:deployment
    #[arg(long, value_name = "ID", value_parser = identity)]
    deployment: Option<Uuid>,
    /// The same as -var=profile=document
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    faithful: bool,
    /// Only shows what would be taken over
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    dry_run: bool,
    /// Does not ask
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    auto_approve: bool,
    /// Does not ask for settings that have no value
    #[arg(long, action = ArgAction::Set, default_value = "true", value_parser = flag_value::switch)]
    input: bool,
    /// Stops unless the credentials belong to this account
    #[arg(long, value_name = "ID")]
    expect_account_id: Option<AccountId>,
    /// How many objects to read at once, 10 if not given
    #[arg(long, value_name = "N", default_value = "10", value_parser = parallelism)]
    parallelism: u16,
}

/// Shows, asks and writes the state.
///
/// # Errors
/// Settings, backend, credentials, reads, what cannot be taken over, and an answer that is not yes.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let source = match (&args.from_state, args.from_backend) {
        (Some(_), true) => {
            let detail = "-from-state and -from-backend cannot be used together.";
            let finding = Diagnostic::error("Incompatible command line options", detail);
            return Err(CliError::from(finding.hint("run adopt once for each state")));
        }
        (Some(path), false) => AdoptionSource::File(path.clone()),
        (None, true) => AdoptionSource::Backend,
        (None, false) => AdoptionSource::Account,
    };
    let mut variables = args.variables.clone();
    if args.faithful {
        variables.sources.push(VariableSource::Assignment("profile=document".to_owned()));
    }
    let options = AdoptOptions {
        variables,
        input: args.input,
        lock: args.lock.into(),
        source,
        deployment: args.deployment.map(|id| id.to_string()),
        faithful: args.faithful,
        dry_run: args.dry_run,
        auto_approve: args.auto_approve,
        expect_account_id: args.expect_account_id.clone(),
        parallelism: usize::from(args.parallelism),
    };
    operation::adopt(&options, context)
}

/// The identity of a deployment, as its tag spells it.
fn identity(text: &str) -> Result<Uuid, String> {
    let all = text.len() == 36 && !text.bytes().all(|byte| byte == b'0' || byte == b'-');
    text.parse().ok().filter(|_| all).ok_or_else(|| {
        "write the value of the tag underpin:deployment, like 9b45e4dd-f0ab-4bb2-a3a0-375549e71ee7".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::identity;

    #[test]
    fn only_what_a_tag_can_hold_is_an_identity() {
        let id = "9b45e4dd-f0ab-4bb2-a3a0-375549e71ee7";
        assert_eq!(identity(id).map(|id| id.to_string()), Ok(id.to_owned()));
        for text in ["", "nope", "9b45e4ddf0ab4bb2a3a0375549e71ee7", "00000000-0000-0000-0000-000000000000"] {
            assert!(identity(text).is_err(), "{text}");
        }
    }
}
