//! `plan`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ArgAction;
use clap::builder::{OsStringValueParser, TypedValueParser};
use engine::{Plan, PlanFile};
use terraform::State;

use crate::args;
use crate::backend::Backend;
use crate::configuration::Configuration;
use crate::context::Context;
use crate::error::CliError;
use crate::flag_value;
use crate::interrupts::Interrupts;
use crate::operation::{
    self, Account, Drawn, Locking, OfflinePlan, PlanOptions, Planning, Shown, Source, describe,
};
use crate::runtime;
use crate::views::whereabouts::Whereabouts;

/// What `-detailed-exitcode` answers for a plan with changes.
const CHANGES: u8 = 2;

/// The arguments of `plan`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "underpin plan\nunderpin plan -out=plan.out && underpin apply plan.out\nunderpin plan -offline -account-id=123456789012"
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub operation: args::Operation,
    #[command(flatten)]
    offline: args::Offline,
    #[command(flatten)]
    widening: args::Widening,
    /// Saves the plan, for apply and show
    #[arg(long, value_name = "FILE", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    out: Option<PathBuf>,
    /// Exits with 2 when there are changes, 1 on errors, 0 otherwise
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    detailed_exitcode: bool,
    /// Plans to destroy instead
    #[arg(long, action = ArgAction::Set, default_value = "false", value_parser = flag_value::switch)]
    destroy: bool,
}

/// Plans, shows, and saves when asked.
///
/// # Errors
/// Settings, backend, credentials, reads.
pub(super) fn run(args: &Args, context: &Context) -> Result<ExitCode, CliError> {
    let offline = args.offline.options()?;
    let options = args.operation.options(args.destroy)?;
    let configuration = Configuration::load(&options.variables, options.input, context)?;
    if let Some(offline) = offline {
        let made = offline.plan(&configuration, &options.request)?;
        return show_offline(args, made, &configuration, context);
    }
    let backend = Backend::load(context)?;
    runtime::block_on(online(args, &options, &configuration, &backend, context))
}

fn show_offline(
    args: &Args,
    made: OfflinePlan,
    configuration: &Configuration,
    context: &Context,
) -> Result<ExitCode, CliError> {
    let OfflinePlan { plan, blueprint, account_id, warnings } = made;
    let source = Source {
        configuration,
        blueprint: &blueprint,
        account_id: &account_id,
        whereabouts: None,
        backend: None,
    };
    args.save(&plan, &source)?;
    let whereabouts = Whereabouts::of(&source.basis());
    let shown = Shown {
        whereabouts: &whereabouts,
        warnings: &warnings,
        compact_warnings: args.operation.shown.compact_warnings,
        saved_to: None,
    };
    describe(&plan, &shown, context);
    if let Some(path) = args.out() {
        context
            .terminal
            .say(&format!("\nSaved the plan, for underpin show and not for apply: {}", path.display()));
    }
    operation::refuse_widening(&plan, args.widening.no_widening)?;
    Ok(args.status(&plan))
}

async fn online(
    args: &Args,
    options: &PlanOptions,
    configuration: &Configuration,
    backend: &Backend,
    context: &Context,
) -> Result<ExitCode, CliError> {
    let interrupts = Interrupts::listen()?;
    let locking =
        Locking::of(backend, options.lock, "OperationTypePlan", &interrupts, &context.terminal).await?;
    let settings = &configuration.settings;
    let account =
        Account::identify(settings.aws_region.as_str(), options.expect_account_id.as_ref(), backend);
    let planning =
        Planning { configuration, backend, request: &options.request, interrupts: &interrupts, context };
    let reads = async |state: &State, account: &Account| planning.make(state, account).await;
    operation::locked_and_read(locking, account, reads, async |_, account, made| {
        let Drawn { plan, blueprint, warnings, whereabouts, .. } = made;
        let saved_to = args.out().map(|path| path.display().to_string());
        args.save(
            &plan,
            &Source {
                configuration,
                blueprint: &blueprint,
                account_id: &account.caller.account_id,
                whereabouts: Some(&whereabouts),
                backend: Some(backend),
            },
        )?;
        let shown = Shown {
            whereabouts: &whereabouts,
            warnings: &warnings,
            compact_warnings: options.compact_warnings,
            saved_to: saved_to.as_deref(),
        };
        describe(&plan, &shown, context);
        operation::refuse_widening(&plan, args.widening.no_widening)?;
        Ok(args.status(&plan))
    })
    .await
}

impl Args {
    /// Where to save the plan; an empty name is none, as in Terraform.
    fn out(&self) -> Option<&Path> {
        self.out.as_deref().filter(|path| !path.as_os_str().is_empty())
    }

    /// Saves the plan when asked to.
    fn save(&self, plan: &Plan, source: &Source<'_>) -> Result<(), CliError> {
        match self.out() {
            Some(path) => operation::save_plan(path, &PlanFile::new(plan.clone(), source.basis())),
            None => Ok(()),
        }
    }

    fn status(&self, plan: &Plan) -> ExitCode {
        if self.detailed_exitcode && !plan.is_clear() { ExitCode::from(CHANGES) } else { ExitCode::SUCCESS }
    }
}
