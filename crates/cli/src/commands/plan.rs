//! `plan`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgAction;
use engine::{LockOptions, Plan, PlanFile};
use terraform::Diagnostic;

use crate::args::{self, switch};
use crate::backend::Backend;
use crate::configuration::Configuration;
use crate::context::Context;
use crate::error::CliError;
use crate::interrupts::Interrupts;
use crate::operation::{self, Account, Locking, Planned, Request, describe, make_plan};
use crate::runtime;

/// What `-detailed-exitcode` answers for a plan with changes.
const CHANGES: u8 = 2;

/// The arguments of `plan`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin plan\nunderpin plan -out=plan.out && underpin apply plan.out\nunderpin plan -offline -account-id=123456789012"
)]
pub struct Args {
    #[command(flatten)]
    pub operation: args::Operation,
    #[command(flatten)]
    offline: operation::Offline,
    /// Saves the plan, for apply
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exits with 2 when there are changes, 1 on errors, 0 otherwise
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    detailed_exitcode: bool,
    /// Plans to destroy instead
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = switch::value)]
    destroy: bool,
}

/// Plans, shows, and saves when asked.
///
/// # Errors
/// Settings, backend, credentials, reads.
pub fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    args.operation.refuse_json()?;
    args.offline.refuse_parts()?;
    let request = Request::new(&args.operation.planning, args.destroy, args.operation.parallelism)?;
    let configuration = Configuration::load(&args.operation, context)?;
    if args.offline.is_asked_for() {
        let (plan, warnings) = args.offline.plan(&configuration, &request)?;
        if args.out.is_some() {
            return Err(CliError::Usage(Box::new(Diagnostic::error(
                "Incompatible command line options",
                "A plan made with -offline knows nothing of what exists, so it cannot be saved for apply.",
            ))));
        }
        describe(&plan, &warnings, None, args.operation.shown, context);
        return Ok(args.status(&plan));
    }
    let backend = Backend::load(context)?;
    runtime::block_on(online(args, &request, &configuration, &backend, context))
}

async fn online(
    args: &Args,
    request: &Request,
    configuration: &Configuration,
    backend: &Backend,
    context: &Context,
) -> Result<ExitCode, CliError> {
    let interrupts = Interrupts::listen()?;
    let locking = Locking {
        store: backend.store().await?,
        options: LockOptions::from(args.operation.lock),
        operation: "OperationTypePlan",
        interrupts: &interrupts,
        terminal: &context.terminal,
    };
    let settings = &configuration.settings;
    let account =
        Account::identify(settings.aws_region.as_str(), args.operation.expect_account_id.as_ref(), backend);
    operation::locked(locking, account, async |session, account| {
        let blueprint = configuration.blueprint(&account.caller)?;
        let cloud = account.cloud();
        let Planned { plan, remarks } =
            make_plan(&cloud, &session.state, &blueprint, request, &interrupts).await?;
        let mut warnings = configuration.warnings(backend, &blueprint);
        warnings.extend(remarks);
        let saved_to = args.out.as_ref().map(|path| path.display().to_string());
        if let Some(path) = &args.out {
            let account_id = account.caller.account_id.to_string();
            let region = settings.aws_region.to_string();
            operation::save_plan(
                path,
                &PlanFile::new(plan.clone(), account_id, region, backend.workspace().to_owned()),
            )?;
        }
        describe(&plan, &warnings, saved_to.as_deref(), args.operation.shown, context);
        Ok(args.status(&plan))
    })
    .await
}

impl Args {
    fn status(&self, plan: &Plan) -> ExitCode {
        if self.detailed_exitcode && plan.is_applyable() {
            ExitCode::from(CHANGES)
        } else {
            ExitCode::SUCCESS
        }
    }
}
