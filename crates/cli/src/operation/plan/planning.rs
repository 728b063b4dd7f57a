//! A plan with all that is read for it, from one state.

use aws::AwsCloud;
use engine::Plan;
use foundation::Blueprint;
use terraform::{Diagnostic, State};

use super::{Planned, Request, make_plan};
use crate::backend::Backend;
use crate::configuration::Configuration;
use crate::context::Context;
use crate::error::CliError;
use crate::interrupts::Interrupts;
use crate::operation::account::Account;
use crate::views::whereabouts::Whereabouts;

/// What plans are made with.
pub(crate) struct Planning<'a> {
    /// The settings.
    pub configuration: &'a Configuration,
    /// Where the state is.
    pub backend: &'a Backend,
    /// What is asked for.
    pub request: &'a Request,
    /// What may end it.
    pub interrupts: &'a Interrupts,
    /// Who is told.
    pub context: &'a Context,
}

/// A plan, with what it was made from.
pub(crate) struct Drawn {
    /// The plan.
    pub plan: Plan,
    /// What the settings lead to.
    pub blueprint: Blueprint,
    /// What to warn about.
    pub warnings: Vec<Diagnostic>,
    /// Where it is for.
    pub whereabouts: Whereabouts,
    /// The account as it was read.
    pub cloud: AwsCloud,
}

impl Planning<'_> {
    /// Reads the account and plans from a state. Changes nothing, and keeps nothing from an earlier time.
    ///
    /// # Errors
    /// Settings that do not fit the account, and those of [`make_plan`].
    pub(crate) async fn make(&self, state: &State, account: &Account) -> Result<Drawn, CliError> {
        let blueprint = self.configuration.blueprint(&account.caller, Some(state))?;
        let cloud = account.cloud();
        let told = (self.interrupts, &self.context.terminal);
        let making = make_plan(&cloud, state, &blueprint, self.request, told);
        let (planned, whereabouts) =
            futures::future::join(making, account.whereabouts(self.backend, self.context)).await;
        let Planned { plan, remarks } = planned?;
        let mut warnings = self.configuration.warnings(self.backend, &blueprint, self.request.options.goal);
        warnings.extend(remarks);
        Ok(Drawn { plan, blueprint, warnings, whereabouts, cloud })
    }
}
