//! `aws_iam_service_linked_role`: a service's own role, one an account, shared with everything else in it.

use async_trait::async_trait;
use aws_sdk_iam::types::Role;
use aws_smithy_types::date_time::Format;
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::Attributes;

use crate::account::Account;
use crate::attributes::{object, overlaid, required, text};
use crate::call::{answered, call, has_code};
use crate::error::malformed;
use crate::kind::Kind;
use crate::waiting::ENTITY_BUSY;

/// IAM's names for a role that is there already.
const EXISTS: &[&str] = &["EntityAlreadyExists", "InvalidInput"];

/// A role that a service makes for itself. One that exists already serves as well as one of ours.
pub(crate) struct ServiceLinkedRole;

#[async_trait]
impl Kind for ServiceLinkedRole {
    async fn read(&self, account: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let service = service(recorded)?;
        let path = format!("/aws-service-role/{service}/");
        let pages = || account.services.iam.list_roles().path_prefix(&path).into_paginator().items().send();
        let roles = || pages().collect::<Result<Vec<Role>, _>>();
        let roles = account.patience.call("iam:ListRoles", roles).await?;
        Ok(roles.iter().find(|role| !is_suffixed(role)).map(|role| attributes(service, role)))
    }

    async fn create(&self, account: &Account, planned: &Attributes) -> Result<Attributes, StepError> {
        let service = service(planned)?;
        let create = || account.services.iam.create_service_linked_role().aws_service_name(service);
        let answer = account
            .patience
            .retry(ENTITY_BUSY, || call("iam:CreateServiceLinkedRole", create().send()))
            .await;
        let present = match answer {
            Ok(answer) => answer.role.map(|role| attributes(service, &role)),
            Err(refusal) if has_code(&refusal, EXISTS) => {
                let look = || self.read(account, planned);
                Some(account.patience.until(Option::is_some, look).await?.ok_or(refusal)?)
            }
            Err(refusal) => return Err(refusal.into()),
        };
        Ok(overlaid(planned, &answered("iam:CreateServiceLinkedRole", present, "role")?))
    }

    async fn update(
        &self,
        _: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        Ok(overlaid(prior, planned))
    }

    /// Leaves the role: whatever else uses the service in this account needs it.
    async fn delete(&self, _: &Account, _: &Attributes) -> Result<Option<Attributes>, StepError> {
        Ok(None)
    }
}

/// The service's name; a record may hold no more than `id`, which is the role's ARN.
fn service(recorded: &Attributes) -> Result<&str, CloudError> {
    if let Some(service) = text(recorded, "aws_service_name") {
        return Ok(service);
    }
    let id = required(recorded, "id")?;
    id.split('/')
        .nth(2)
        .ok_or_else(|| malformed("record", format!("`{id}` is not the ARN of a service's role")))
}

/// Whether it is a further role of the service: those have a suffix of their own, and are not the one that policies name.
fn is_suffixed(role: &Role) -> bool {
    role.role_name.contains('_')
}

fn attributes(service: &str, role: &Role) -> Attributes {
    object(json!({
        "aws_service_name": service,
        "id": role.arn,
        "arn": role.arn,
        "name": role.role_name,
        "path": role.path,
        "unique_id": role.role_id,
        "create_date": role.create_date.fmt(Format::DateTime).ok(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_is_recorded_or_part_of_the_arn() {
        let arn =
            "arn:aws:iam::1:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
        let cases = [
            (json!({"aws_service_name": "x.amazonaws.com"}), Some("x.amazonaws.com")),
            (json!({"id": arn}), Some("autoscaling.amazonaws.com")),
            (json!({"id": "arn:aws:iam::1:role"}), None),
        ];
        for (record, expected) in cases {
            assert_eq!(service(&object(record)).ok(), expected);
        }
    }
}
