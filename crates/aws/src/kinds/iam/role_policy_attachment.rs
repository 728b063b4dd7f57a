//! `aws_iam_role_policy_attachment`.

use async_trait::async_trait;
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::Attributes;

use super::policies::{attached, detach};
use crate::account::Account;
use crate::attributes::{object, overlaid, required};
use crate::call::{call, has_code};
use crate::kind::Kind;
use crate::waiting::{ENTITY_BUSY, ENTITY_NEW};

/// A managed policy on a role.
pub(crate) struct RolePolicyAttachment;

#[async_trait]
impl Kind for RolePolicyAttachment {
    async fn read(&self, account: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let (role, arn) = (required(recorded, "role")?, required(recorded, "policy_arn")?);
        let arns = attached(account, role).await?.unwrap_or_default();
        Ok(arns.iter().any(|attached| attached == arn).then(|| attributes(role, arn)))
    }

    async fn create(&self, account: &Account, planned: &Attributes) -> Result<Attributes, StepError> {
        let (role, arn) = (required(planned, "role")?, required(planned, "policy_arn")?);
        let attach = || account.services.iam.attach_role_policy().role_name(role).policy_arn(arn);
        let first =
            account.patience.retry(ENTITY_BUSY, || call("iam:AttachRolePolicy", attach().send())).await;
        match first {
            Err(refusal) if has_code(&refusal, &["NoSuchEntity"]) => {
                if !exists(account, arn).await {
                    return Err(refusal.into());
                }
                account.patience.retry(ENTITY_NEW, || call("iam:AttachRolePolicy", attach().send())).await?;
            }
            answer => {
                answer?;
            }
        }
        Ok(overlaid(planned, &attributes(role, arn)))
    }

    async fn update(
        &self,
        _: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        Ok(overlaid(prior, planned))
    }

    async fn delete(&self, account: &Account, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        detach(account, required(prior, "role")?, required(prior, "policy_arn")?).await?;
        Ok(None)
    }
}

/// Whether there is such a managed policy, as far as we may know: only the role can be too new to be seen.
async fn exists(account: &Account, arn: &str) -> bool {
    match account
        .patience
        .call("iam:GetPolicy", || account.services.iam.get_policy().policy_arn(arn).send())
        .await
    {
        Ok(_) => true,
        Err(refusal) => !has_code(&refusal, &["NoSuchEntity"]),
    }
}

fn attributes(role: &str, arn: &str) -> Attributes {
    object(json!({"id": format!("{role}-{arn}"), "role": role, "policy_arn": arn}))
}
