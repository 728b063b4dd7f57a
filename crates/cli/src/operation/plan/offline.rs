//! `plan -offline`: what a first apply would make, without credentials and without network.

use engine::{Observation, Plan};
use foundation::{AccountId, Blueprint, Caller};
use terraform::{Diagnostic, State};

use super::Request;
use crate::configuration::Configuration;
use crate::error::CliError;

/// What a plan without AWS is for.
#[derive(Clone, Debug)]
pub(crate) struct OfflineOptions {
    /// The account.
    pub account_id: Option<String>,
    /// The partition; follows from the region when not given.
    pub partition: Option<String>,
}

/// A plan without AWS.
pub(crate) struct OfflinePlan {
    /// The plan.
    pub plan: Plan,
    /// What it leads to.
    pub blueprint: Blueprint,
    /// The account it is for.
    pub account_id: AccountId,
    /// What to warn about.
    pub warnings: Vec<Diagnostic>,
}

impl OfflineOptions {
    /// The plan from nothing, and what to warn about.
    ///
    /// # Errors
    /// No account, or one that cannot be; settings that do not fit it.
    pub(crate) fn plan(
        &self,
        configuration: &Configuration,
        request: &Request,
    ) -> Result<OfflinePlan, CliError> {
        let caller = self.caller(configuration)?;
        let blueprint = configuration.blueprint(&caller, None)?;
        let plan = engine::plan(&blueprint, &State::empty(""), &Observation::default(), &request.options)?;
        let mut warnings = configuration.findings.clone();
        warnings.extend(blueprint.warnings.iter().cloned());
        Ok(OfflinePlan { plan, blueprint, account_id: caller.account_id, warnings })
    }

    fn caller(&self, configuration: &Configuration) -> Result<Caller, CliError> {
        let hint = "underpin plan -offline -account-id=123456789012";
        let Some(account_id) = &self.account_id else {
            return Err(usage("-offline needs the account to plan for.", hint));
        };
        let account_id = account_id.parse().map_err(|error| usage(&format!("{error}."), hint))?;
        let region = &configuration.settings.aws_region;
        let partition = match &self.partition {
            Some(name) => name.parse().map_err(|error| usage(&format!("{error}."), "-partition=aws"))?,
            None => region.partition(),
        };
        if partition != region.partition() {
            let actual = region.partition();
            let detail = format!(
                "aws_region is `{region}`, which lies in partition `{actual}`, not in `{partition}`."
            );
            let hint =
                format!("leave -partition out, or set aws_region to a region of partition `{partition}`");
            return Err(usage(&detail, &hint));
        }
        Ok(Caller { account_id, partition })
    }
}

fn usage(detail: &str, hint: &str) -> CliError {
    CliError::from(Diagnostic::error("Invalid combination of command line options", detail).hint(hint))
}
