//! Whose credentials these are, and the clients that use them.

use aws::caller::{AccountRules, WrongAccount};
use aws::{Alerts, AwsCloud, Place, Services, caller, clients};
use foundation::{AccountId, Caller};
use terraform::Diagnostic;

use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;
use crate::views::whereabouts::Whereabouts;

/// The account that a run works in.
pub(crate) struct Account {
    /// Who we are.
    pub caller: Caller,
    /// The ARN of whose credentials these are.
    pub arn: String,
    services: Services,
    region: String,
}

impl Account {
    /// Asks AWS whose credentials these are.
    ///
    /// # Errors
    /// No credentials, no answer, or another account than the flags and the backend allow.
    pub(crate) async fn identify(
        region: &str,
        expected: Option<&AccountId>,
        backend: &Backend,
    ) -> Result<Self, CliError> {
        let config = clients::resource_config(region, backend.http_client()).await?;
        let identity = caller::identity(&clients::sts(&config)).await?;
        let rules = AccountRules { expected: expected.cloned(), ..backend.account_rules() };
        rules.check(&identity.caller.account_id).map_err(|error| wrong_account(&error, &identity.arn))?;
        Ok(Self {
            caller: identity.caller,
            arn: identity.arn,
            services: clients::services(&config),
            region: region.to_owned(),
        })
    }

    /// Where a plan is for, and whose credentials it uses.
    pub(crate) async fn whereabouts(&self, backend: &Backend, context: &Context) -> Whereabouts {
        Whereabouts {
            account: self.caller.account_id.to_string(),
            alias: caller::alias(&self.services.iam).await,
            caller: Some(self.arn.clone()),
            region: self.region.clone(),
            state: Some(backend.state()),
            is_local: backend.bucket().is_none(),
            workspace: backend.workspace().to_owned(),
            profile: context.circumstances().profile,
        }
    }

    /// The alerts of the account.
    pub(crate) fn alerts(&self) -> Alerts {
        Alerts::new(self.services.clone())
    }

    /// The account as the engine's cloud, for one run.
    pub(crate) fn cloud(&self) -> AwsCloud {
        AwsCloud::new(self.services.clone(), Place::new(&self.caller, &self.region))
    }
}

/// What to do about credentials of an account that is not meant; `arn` is whose they are.
pub(crate) fn wrong_account(error: &WrongAccount, arn: &str) -> CliError {
    let (actual, meant) = match error {
        WrongAccount::Unexpected { actual, expected } => (actual, format!("account {expected} is expected")),
        WrongAccount::NotAllowed { actual, allowed } => {
            let allowed: Vec<&str> = allowed.iter().map(AccountId::as_str).collect();
            (actual, format!("the backend allows only {}", allowed.join(", ")))
        }
        WrongAccount::Forbidden { actual } => (actual, "the backend forbids that one".to_owned()),
    };
    let detail = format!("The credentials belong to account {actual}, and {meant}. They are those of {arn}.");
    let finding = Diagnostic::error("These are the credentials of another account", detail);
    CliError::from(finding.hint("use other credentials, for example with AWS_PROFILE"))
}
