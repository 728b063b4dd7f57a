//! From the settings, or from a saved plan, to what was done.

mod approval;
mod execution;
mod saved;

use std::process::ExitCode;

use engine::permissions::Gate;

pub(crate) use self::approval::refuse_question;
pub(crate) use self::saved::{SavedOptions, apply_saved};

use self::execution::Execution;
use super::account::Account;
use super::lock::{Locking, locked};
use super::plan::{PlanOptions, Planned, Shown, describe, make_plan};
use super::widening::refuse_widening;
use crate::backend::Backend;
use crate::configuration::Configuration;
use crate::context::Context;
use crate::error::CliError;
use crate::interrupts::Interrupts;
use crate::runtime;

/// What the lock says is done.
const LOCKED_AS: &str = "OperationTypeApply";

/// What an apply or destroy is asked to do.
#[derive(Clone, Debug)]
pub(crate) struct ApplyOptions {
    /// What to plan.
    pub plan: PlanOptions,
    /// Whether not to ask.
    pub auto_approve: bool,
    /// What must not be widened.
    pub gate: Option<Gate>,
}

/// Plans, asks and applies.
///
/// # Errors
/// Settings, backend, credentials, reads, and an answer that is not yes.
pub(crate) fn plan_and_apply(options: &ApplyOptions, context: &Context) -> Result<ExitCode, CliError> {
    let planning = &options.plan;
    let configuration = Configuration::load(&planning.variables, planning.input, context)?;
    let backend = Backend::load(context)?;
    runtime::block_on(async {
        let interrupts = Interrupts::listen()?;
        let locking = Locking::of(&backend, planning.lock, LOCKED_AS, &interrupts, &context.terminal).await?;
        let region = configuration.settings.aws_region.as_str();
        let account = Account::identify(region, planning.expect_account_id.as_ref(), &backend);
        locked(locking, account, async |session, account| {
            let blueprint = configuration.blueprint(&account.caller, Some(&session.state))?;
            let cloud = account.cloud();
            let request = &planning.request;
            let making =
                make_plan(&cloud, &session.state, &blueprint, request, (&interrupts, &context.terminal));
            let (planned, whereabouts) =
                futures::future::join(making, account.whereabouts(&backend, context)).await;
            let Planned { plan, remarks } = planned?;
            let mut warnings = configuration.warnings(&backend, &blueprint, request.options.goal);
            warnings.extend(remarks);
            let shown = Shown {
                whereabouts: &whereabouts,
                warnings: &warnings,
                compact_warnings: planning.compact_warnings,
                saved_to: None,
            };
            describe(&plan, &shown, context);
            refuse_widening(&plan, options.gate)?;
            if plan.is_applyable() && !options.auto_approve {
                approval::ask(&plan, &whereabouts, (&interrupts, &context.terminal)).await?;
            }
            let parallelism = request.parallelism;
            let execution = Execution { cloud: &cloud, parallelism, interrupts: &interrupts, context };
            execution.run(&plan, session).await
        })
        .await
    })
}
