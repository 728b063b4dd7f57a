//! `aws_iam_role_policy_attachment`.

use async_trait::async_trait;
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::Attributes;

use super::Kind;
use super::iam_role::{attached, detach};
use crate::attributes::{object, overlaid, required};
use crate::call::{call, has_code};
use crate::cloud::AwsCloud;
use crate::waiting::{ENTITY_BUSY, ENTITY_NEW};

/// A managed policy on a role.
pub struct RolePolicyAttachment;

#[async_trait]
impl Kind for RolePolicyAttachment {
    async fn read(&self, cloud: &AwsCloud, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let (role, arn) = (required(recorded, "role")?, required(recorded, "policy_arn")?);
        let arns = attached(cloud, role).await?.unwrap_or_default();
        Ok(arns.iter().any(|attached| attached == arn).then(|| attributes(role, arn)))
    }

    async fn create(&self, cloud: &AwsCloud, planned: &Attributes) -> Result<Attributes, StepError> {
        let (role, arn) = (required(planned, "role")?, required(planned, "policy_arn")?);
        let attach = || cloud.iam.attach_role_policy().role_name(role).policy_arn(arn);
        let first = cloud.patience.retry(ENTITY_BUSY, || call("iam:AttachRolePolicy", attach().send())).await;
        match first {
            Err(refusal) if has_code(&refusal, &["NoSuchEntity"]) => {
                if !exists(cloud, arn).await {
                    return Err(refusal.into());
                }
                cloud.patience.retry(ENTITY_NEW, || call("iam:AttachRolePolicy", attach().send())).await?;
            }
            answer => {
                answer?;
            }
        }
        Ok(overlaid(planned, &attributes(role, arn)))
    }

    async fn update(
        &self,
        _: &AwsCloud,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        Ok(overlaid(prior, planned))
    }

    async fn delete(&self, cloud: &AwsCloud, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        detach(cloud, required(prior, "role")?, required(prior, "policy_arn")?).await?;
        Ok(None)
    }
}

/// Whether there is such a managed policy, as far as we may know: only the role can be too new to be seen.
async fn exists(cloud: &AwsCloud, arn: &str) -> bool {
    match cloud.patience.call("iam:GetPolicy", || cloud.iam.get_policy().policy_arn(arn).send()).await {
        Ok(_) => true,
        Err(refusal) => !has_code(&refusal, &["NoSuchEntity"]),
    }
}

fn attributes(role: &str, arn: &str) -> Attributes {
    object(json!({"id": format!("{role}-{arn}"), "role": role, "policy_arn": arn}))
}
