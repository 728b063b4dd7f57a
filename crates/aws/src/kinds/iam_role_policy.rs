//! `aws_iam_role_policy`: an inline policy.

use async_trait::async_trait;
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::Attributes;

use super::Kind;
use super::iam_role::{GONE, delete_inline, document};
use crate::attributes::{differs, object, overlaid, required, text};
use crate::call::{call, unless};
use crate::cloud::AwsCloud;
use crate::error::malformed;
use crate::waiting::ENTITY_DOCUMENT;

/// A policy inside a role.
pub struct RolePolicy;

#[async_trait]
impl Kind for RolePolicy {
    async fn read(&self, cloud: &AwsCloud, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let (role, name) = names(recorded)?;
        let get = cloud.iam.get_role_policy().role_name(role).policy_name(name);
        let Some(answer) =
            unless(cloud.patience.call("iam:GetRolePolicy", || get.clone().send()).await, GONE)?
        else {
            return Ok(None);
        };
        let policy = object(json!({"policy": document(&answer.policy_document)}));
        Ok(Some(overlaid(&identity(role, name), &policy)))
    }

    async fn create(&self, cloud: &AwsCloud, planned: &Attributes) -> Result<Attributes, StepError> {
        let (role, name) = names(planned)?;
        put(cloud, (role, name), planned).await?;
        Ok(overlaid(planned, &identity(role, name)))
    }

    async fn update(
        &self,
        cloud: &AwsCloud,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        if differs(prior, planned, "policy") {
            put(cloud, names(prior)?, planned).await?;
        }
        Ok(overlaid(prior, planned))
    }

    async fn delete(&self, cloud: &AwsCloud, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let (role, name) = names(prior)?;
        delete_inline(cloud, role, name).await?;
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

async fn put(cloud: &AwsCloud, (role, name): (&str, &str), planned: &Attributes) -> Result<(), CloudError> {
    let policy = required(planned, "policy")?;
    let put = || cloud.iam.put_role_policy().role_name(role).policy_name(name).policy_document(policy);
    cloud.patience.retry(ENTITY_DOCUMENT, || call("iam:PutRolePolicy", put().send())).await.map(drop)
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
