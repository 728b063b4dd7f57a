//! `aws_iam_role_policy`: an inline policy.

use async_trait::async_trait;
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::Attributes;

use super::policies::delete_inline;
use super::{GONE, document};
use crate::account::Account;
use crate::attributes::{differs, object, overlaid, required, text};
use crate::call::{absent_if, call};
use crate::error::malformed;
use crate::kind::Kind;
use crate::principals;
use crate::waiting::ENTITY_DOCUMENT;

/// A policy inside a role.
pub(crate) struct RolePolicy;

#[async_trait]
impl Kind for RolePolicy {
    async fn read(&self, account: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let (role, name) = names(recorded)?;
        let get = account.services.iam.get_role_policy().role_name(role).policy_name(name);
        let Some(answer) =
            absent_if(account.patience.call("iam:GetRolePolicy", || get.clone().send()).await, GONE)?
        else {
            return Ok(None);
        };
        let policy = object(json!({"policy": document(&answer.policy_document)}));
        Ok(Some(overlaid(&identity(role, name), &policy)))
    }

    async fn create(&self, account: &Account, planned: &Attributes) -> Result<Attributes, StepError> {
        let (role, name) = names(planned)?;
        put(account, (role, name), planned).await?;
        Ok(overlaid(planned, &identity(role, name)))
    }

    async fn update(
        &self,
        account: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        if differs(prior, planned, "policy") {
            put(account, names(prior)?, planned).await?;
        }
        Ok(overlaid(prior, planned))
    }

    async fn delete(&self, account: &Account, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let (role, name) = names(prior)?;
        delete_inline(account, role, name).await?;
        Ok(None)
    }
}

/// The role's and the policy's name; a record may hold no more than `id`, which is `role:name`.
fn names(recorded: &Attributes) -> Result<(&str, &str), CloudError> {
    if let (Some(role), Some(name)) = (text(recorded, "role"), text(recorded, "name")) {
        return Ok((role, name));
    }
    let id = required(recorded, "id")?;
    id.split_once(':').ok_or_else(|| malformed("record", format!("`{id}` is not ROLE:POLICY")))
}

async fn put(account: &Account, (role, name): (&str, &str), planned: &Attributes) -> Result<(), CloudError> {
    let policy = required(planned, "policy")?;
    let put =
        || account.services.iam.put_role_policy().role_name(role).policy_name(name).policy_document(policy);
    let attempt = || call("iam:PutRolePolicy", put().send());
    principals::send(account, policy, ENTITY_DOCUMENT, attempt).await.map(drop)
}

fn identity(role: &str, name: &str) -> Attributes {
    object(json!({"id": format!("{role}:{name}"), "role": role, "name": name, "name_prefix": null}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_come_from_the_record_or_from_its_id() {
        let cases = [
            (json!({"role": "r", "name": "n", "id": "x"}), Some(("r", "n"))),
            (json!({"id": "r:n"}), Some(("r", "n"))),
            (json!({"id": "r"}), None),
            (json!({}), None),
        ];
        for (record, expected) in cases {
            assert_eq!(names(&object(record)).ok(), expected);
        }
    }
}
