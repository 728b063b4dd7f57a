//! `export ssm`.

use std::process::ExitCode;

use aws::clients;
use aws::ssm::{self, Written};
use clap::ArgAction;
use foundation::AccountId;
use foundation::settings::{UNDERPIN, labelled};

use super::outputs;
use crate::backend::Backend;
use crate::configuration::{Configuration, Variables};
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::operation::Account;
use crate::runtime;

/// The arguments of `export ssm`.
#[derive(Debug, clap::Args)]
#[command(after_help = "underpin export ssm -dry-run\nunderpin export ssm")]
pub(super) struct Args {
    #[command(flatten)]
    variables: Variables,
    /// Only shows names and values
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    dry_run: bool,
    /// Stops unless the credentials belong to this account
    #[arg(long, value_name = "ID")]
    expect_account_id: Option<AccountId>,
}

/// Writes each output to the parameter `/underpin/{project}/{environment}/{output}` in the settings' region.
///
/// # Errors
/// No outputs, or what AWS refuses; what was written until then stays.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let settings = Configuration::read(&args.variables, &context.environment)?.settings;
    let parameters = export::outputs::parameters(&outputs(context)?, &settings.name);
    if args.dry_run {
        for parameter in &parameters {
            context.terminal.say(&format!("{} = {}", parameter.name, parameter.value));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let backend = Backend::load(context)?;
    let tags = labelled(&settings.tags, UNDERPIN);
    runtime::block_on(async {
        let region = settings.aws_region.as_str();
        Account::identify(region, args.expect_account_id.as_ref(), &backend).await?;
        let client = ssm::client(&clients::resource_config(region, backend.http_client()).await?);
        for parameter in &parameters {
            let written = ssm::put(&client, &parameter.name, &parameter.value, &tags).await?;
            let word = match written {
                Written::Created => "created",
                Written::Changed => "changed",
                Written::Unchanged => "unchanged",
            };
            context.terminal.say(&format!("{}: {word}", parameter.name));
        }
        Ok(ExitCode::SUCCESS)
    })
}
