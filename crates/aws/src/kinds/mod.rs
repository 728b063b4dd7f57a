//! The resource kinds: one file each, and the table that names them.

use async_trait::async_trait;
use engine::{CloudError, Found, StepError};
use terraform::Attributes;

use crate::cloud::AwsCloud;
use crate::tags::Deployment;

mod bucket_setting;
mod cloudtrail;
mod deployment;
mod iam_instance_profile;
mod iam_role;
mod iam_role_policy;
mod iam_role_policy_attachment;
mod iam_service_linked_role;
mod kms_alias;
pub(crate) mod kms_key;
mod s3_bucket;
mod s3_bucket_lifecycle_configuration;
mod s3_bucket_logging;
mod s3_bucket_object_lock_configuration;
mod s3_bucket_ownership_controls;
mod s3_bucket_policy;
mod s3_bucket_public_access_block;
mod s3_bucket_server_side_encryption_configuration;
mod s3_bucket_versioning;

#[cfg(test)]
mod tests;

/// What a kind can do; the meaning of each is that of [`engine::Cloud`].
#[async_trait]
pub trait Kind: Send + Sync {
    /// Reads a recorded object.
    async fn read(&self, cloud: &AwsCloud, recorded: &Attributes) -> Result<Option<Attributes>, CloudError>;

    /// Looks for an object that is not recorded. What is a part of another object belongs to whom that belongs to.
    async fn find(
        &self,
        cloud: &AwsCloud,
        planned: &Attributes,
        _deployment: Option<&Deployment>,
    ) -> Result<Found, CloudError> {
        Ok(self.read(cloud, planned).await?.map_or(Found::Nothing, Found::Ours))
    }

    /// The objects whose names begin so, where a kind is listed by name.
    async fn called(&self, _cloud: &AwsCloud, _beginning: &str) -> Result<Vec<Attributes>, CloudError> {
        Ok(Vec::new())
    }

    /// Makes an object.
    async fn create(&self, cloud: &AwsCloud, planned: &Attributes) -> Result<Attributes, StepError>;

    /// Changes an object.
    async fn update(
        &self,
        cloud: &AwsCloud,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError>;

    /// Removes an object and answers what is left of it.
    async fn delete(&self, cloud: &AwsCloud, prior: &Attributes) -> Result<Option<Attributes>, StepError>;
}

/// The kind of a Terraform resource type.
pub fn of(resource_type: &str) -> Option<&'static dyn Kind> {
    Some(match resource_type {
        "aws_cloudtrail" => &cloudtrail::CloudTrail,
        "aws_iam_instance_profile" => &iam_instance_profile::InstanceProfile,
        "aws_iam_role" => &iam_role::IamRole,
        "aws_iam_role_policy" => &iam_role_policy::RolePolicy,
        "aws_iam_role_policy_attachment" => &iam_role_policy_attachment::RolePolicyAttachment,
        "aws_iam_service_linked_role" => &iam_service_linked_role::ServiceLinkedRole,
        "aws_kms_alias" => &kms_alias::KmsAlias,
        "aws_kms_key" => &kms_key::KmsKey,
        "aws_s3_bucket" => &s3_bucket::LogBucket,
        "aws_s3_bucket_lifecycle_configuration" => &s3_bucket_lifecycle_configuration::Lifecycle,
        "aws_s3_bucket_logging" => &s3_bucket_logging::Logging,
        "aws_s3_bucket_object_lock_configuration" => &s3_bucket_object_lock_configuration::ObjectLock,
        "aws_s3_bucket_ownership_controls" => &s3_bucket_ownership_controls::OwnershipControls,
        "aws_s3_bucket_policy" => &s3_bucket_policy::BucketPolicy,
        "aws_s3_bucket_public_access_block" => &s3_bucket_public_access_block::PublicAccessBlock,
        "aws_s3_bucket_server_side_encryption_configuration" => {
            &s3_bucket_server_side_encryption_configuration::Encryption
        }
        "aws_s3_bucket_versioning" => &s3_bucket_versioning::Versioning,
        "terraform_data" => &deployment::DeploymentRecord,
        _ => return None,
    })
}

/// Goes on from an object that a create found in its way: ours, if its answer was lost, and otherwise the refusal stands.
/// One that was made a moment ago may not be seen yet.
async fn go_on(
    kind: &dyn Kind,
    cloud: &AwsCloud,
    planned: &Attributes,
    refusal: CloudError,
) -> Result<Attributes, StepError> {
    let deployment = Deployment::planned(planned);
    let look = || kind.find(cloud, planned, deployment.as_ref());
    match cloud.patience.until(|found| *found != Found::Nothing, look).await? {
        Found::Ours(found) => kind.update(cloud, &found, planned).await,
        Found::Nothing | Found::Foreign(_) => Err(refusal.into()),
    }
}
