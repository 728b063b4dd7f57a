//! Who is asking, and whether that account is meant.

use std::time::Duration;

use aws_sdk_sts::Client;
use engine::CloudError;
use foundation::{AccountId, Arn, Caller};

use crate::error::malformed;
use crate::waiting::Patience;

#[cfg(test)]
mod tests;

const OPERATION: &str = "sts:GetCallerIdentity";

/// The answer of `sts:GetCallerIdentity`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Account and partition.
    pub caller: Caller,
    /// The user's or the session's ARN.
    pub arn: String,
}

/// Asks who is asking.
///
/// # Errors
/// Credentials or a network that do not work, an answer that is not AWS's, a partition that is not supported.
pub async fn identity(client: &Client) -> Result<Identity, CloudError> {
    let answer = Patience::default().call(OPERATION, || client.get_caller_identity().send()).await?;
    read(answer.account(), answer.arn())
}

/// How long a name that only helps people may take.
const ALIAS_PATIENCE: Duration = Duration::from_secs(3);

/// The alias of the account, where there is one and the caller may list it; nothing depends on it.
pub async fn alias(client: &aws_sdk_iam::Client) -> Option<String> {
    let asked = client.list_account_aliases().max_items(1).send();
    let answer = tokio::time::timeout(ALIAS_PATIENCE, asked).await.ok()?.ok()?;
    answer.account_aliases.into_iter().next()
}

fn read(account: Option<&str>, arn: Option<&str>) -> Result<Identity, CloudError> {
    let (Some(account), Some(arn)) = (account, arn) else {
        return Err(malformed(OPERATION, "the answer names no account"));
    };
    let account_id: AccountId =
        account.parse().map_err(|error: foundation::identifiers::InvalidAccountId| {
            malformed(OPERATION, error.to_string())
        })?;
    let parsed: Arn = arn
        .parse()
        .map_err(|error: foundation::identifiers::InvalidArn| malformed(OPERATION, error.to_string()))?;
    Ok(Identity { caller: Caller { account_id, partition: parsed.partition() }, arn: arn.to_owned() })
}

/// The accounts that a configuration allows or expects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountRules {
    /// Only these, unless empty.
    pub allowed: Vec<AccountId>,
    /// None of these.
    pub forbidden: Vec<AccountId>,
    /// Exactly this one.
    pub expected: Option<AccountId>,
}

/// An account that is not meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongAccount {
    /// Another one than expected.
    #[error("the credentials belong to account {actual}, but account {expected} is expected")]
    Unexpected {
        /// The caller's.
        actual: AccountId,
        /// The expected one.
        expected: AccountId,
    },
    /// Not among those allowed.
    #[error("the credentials belong to account {actual}, but only {} allowed", listed(allowed))]
    NotAllowed {
        /// The caller's.
        actual: AccountId,
        /// The allowed ones.
        allowed: Vec<AccountId>,
    },
    /// Among those forbidden.
    #[error("the credentials belong to account {actual}, which is forbidden")]
    Forbidden {
        /// The caller's.
        actual: AccountId,
    },
}

impl AccountRules {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Checks the caller's account.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self, actual: &AccountId) -> Result<(), WrongAccount> {
        let actual = actual.clone();
        match &self.expected {
            Some(expected) if *expected != actual => {
                return Err(WrongAccount::Unexpected { actual, expected: expected.clone() });
            }
            _ => {}
        }
        if self.forbidden.contains(&actual) {
            return Err(WrongAccount::Forbidden { actual });
        }
        if !self.allowed.is_empty() && !self.allowed.contains(&actual) {
            return Err(WrongAccount::NotAllowed { actual, allowed: self.allowed.clone() });
        }
        Ok(())
    }
}

fn listed(accounts: &[AccountId]) -> String {
    let names: Vec<&str> = accounts.iter().map(AccountId::as_str).collect();
    match names.as_slice() {
        [one] => format!("account {one} is"),
        _ => format!("accounts {} are", names.join(", ")),
    }
}
