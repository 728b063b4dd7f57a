//! From the settings, or from a saved plan, to what was done.

use std::path::Path;
use std::process::ExitCode;

use engine::observation::recorded;
use engine::{Action, Cloud, Found, PlanFile, PlanFileError, Search};
use foundation::addresses;
use terraform::{Diagnostic, State};

use super::account::Account;
use super::locked::{Locking, locked};
use super::planning::{Planned, Request, describe, make_plan};
use super::steps::{self, Hands};
use super::{approval, saved_plan};
use crate::args;
use crate::backend::Backend;
use crate::configuration::Configuration;
use crate::context::Context;
use crate::error::CliError;
use crate::interrupts::Interrupts;
use crate::runtime;
use crate::views::stream;

/// What the lock says is done.
const LOCKED_AS: &str = "OperationTypeApply";

/// What an apply or destroy is asked to do.
pub struct Application<'a> {
    /// The shared flags.
    pub flags: &'a args::Operation,
    /// What to plan.
    pub request: Request,
    /// Whether not to ask.
    pub auto_approve: bool,
}

/// Plans, asks and applies.
///
/// # Errors
/// Settings, backend, credentials, reads, and an answer that is not yes.
pub fn plan_and_apply(application: &Application<'_>, context: &Context) -> Result<ExitCode, CliError> {
    let configuration = Configuration::load(&application.flags.variables, application.flags.asks(), context)?;
    let backend = Backend::load(context)?;
    runtime::block_on(async {
        let interrupts = Interrupts::listen()?;
        let locking =
            Locking::of(&backend, application.flags.lock, LOCKED_AS, &interrupts, &context.terminal).await?;
        let region = configuration.settings.aws_region.as_str();
        let account = Account::identify(region, application.flags.expect_account_id.as_ref(), &backend);
        locked(locking, account, async |session, account| {
            let blueprint = configuration.blueprint(&account.caller, Some(&session.state))?;
            let cloud = account.cloud();
            let request = &application.request;
            let Planned { plan, remarks } =
                make_plan(&cloud, &session.state, &blueprint, request, (&interrupts, &context.terminal))
                    .await?;
            let mut warnings = configuration.warnings(&backend, &blueprint, request.options.goal);
            warnings.extend(remarks);
            describe(&plan, &warnings, None, application.flags.shown, context);
            if plan.is_applyable() && !application.auto_approve {
                approval::ask(&plan, &interrupts, &context.terminal).await?;
            }
            let parallelism = request.parallelism;
            let hands =
                Hands { cloud: &cloud, parallelism, interrupts: &interrupts, terminal: &context.terminal };
            steps::apply(&plan, session, &hands).await
        })
        .await
    })
}

/// Applies a plan file as it is, if the account, the workspace, the state and its place are still those it was made for.
///
/// # Errors
/// A plan that does not fit, backend, credentials.
pub fn apply_saved(
    path: &Path,
    flags: &args::Operation,
    backend: &Backend,
    context: &Context,
) -> Result<ExitCode, CliError> {
    let saved = saved_plan::read(path)?;
    if saved.basis.offline {
        return Err(saved_plan::unusable(path, Some(saved.plan.goal), PlanFileError::Offline));
    }
    Configuration::check_saved(&flags.variables, &saved.basis.variables)?;
    if saved.basis.workspace != backend.workspace() {
        let detail = format!(
            "It was made in workspace `{}`; the selected one is `{}`.",
            saved.basis.workspace,
            backend.workspace()
        );
        return Err(unfit(path, &detail, &format!("set TF_WORKSPACE={}", saved.basis.workspace)));
    }
    if saved.basis.state != backend.state() {
        let detail = format!(
            "It was made for the state {}; here the state is {}.",
            saved.basis.state,
            backend.state()
        );
        return Err(unfit(
            path,
            &detail,
            "apply it where `underpin init` was given the same backend configuration",
        ));
    }
    runtime::block_on(async {
        let interrupts = Interrupts::listen()?;
        let locking = Locking::of(backend, flags.lock, LOCKED_AS, &interrupts, &context.terminal).await?;
        let account = Account::identify(&saved.basis.region, flags.expect_account_id.as_ref(), backend);
        locked(locking, account, async |session, account| {
            saved
                .check(&session.state, session.version.is_some())
                .map_err(|source| saved_plan::unusable(path, Some(saved.plan.goal), source))?;
            check_account(path, &saved, &account)?;
            let cloud = account.cloud();
            interrupts.or_interrupted(makes_no_second_key(path, &saved, &session.state, &cloud)).await?;
            if context.terminal.takes_messages() {
                context.terminal.send(&stream::saved_plan(&saved.plan));
            }
            let parallelism = usize::from(flags.parallelism);
            let hands =
                Hands { cloud: &cloud, parallelism, interrupts: &interrupts, terminal: &context.terminal };
            steps::apply(&saved.plan, session, &hands).await
        })
        .await
    })
}

/// A run with the same plan may have been cut off after it had made the key, before it could record anything. Everything else
/// that a plan makes has a name, which shows that it is there.
async fn makes_no_second_key(
    path: &Path,
    saved: &PlanFile,
    state: &State,
    cloud: &dyn Cloud,
) -> Result<(), CliError> {
    let (key, deployment) = (addresses::key(), recorded(state, &addresses::deployment()));
    let made =
        saved.plan.changes.iter().find(|change| change.address == key && change.action == Action::Create);
    let (Some(planned), Some(deployment)) = (made.and_then(|change| change.after.as_ref()), &deployment)
    else {
        return Ok(());
    };
    match cloud.find(Search { address: &key, planned, deployment: Some(deployment) }).await? {
        Found::Ours(_) => {
            let detail = format!(
                "{} makes {key}, and an earlier run has made it already, which the state does not record.",
                path.display()
            );
            let hint = format!("make another plan: underpin plan -out={}", path.display());
            Err(CliError::from(Diagnostic::error("Saved plan is stale", detail).hint(hint)))
        }
        Found::Nothing | Found::Foreign(_) => Ok(()),
    }
}

fn check_account(path: &Path, saved: &PlanFile, account: &Account) -> Result<(), CliError> {
    let actual = account.caller.account_id.as_str();
    if saved.basis.account_id == actual {
        return Ok(());
    }
    let detail = format!(
        "It was made for account {}; the credentials belong to account {actual}.",
        saved.basis.account_id
    );
    Err(unfit(path, &detail, &format!("use credentials of account {}", saved.basis.account_id)))
}

fn unfit(path: &Path, detail: &str, hint: &str) -> CliError {
    let summary = format!("The saved plan {} is for another place", path.display());
    CliError::from(Diagnostic::error(summary, detail).hint(hint))
}
