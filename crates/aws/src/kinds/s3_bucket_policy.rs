//! `aws_s3_bucket_policy`.

use async_trait::async_trait;
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::Attributes;

use super::Kind;
use super::s3_bucket::{GONE, identity, name};
use crate::attributes::{differs, object, overlaid, required};
use crate::call::{call, unless};
use crate::cloud::AwsCloud;
use crate::waiting::{BUCKET_BUSY, BUCKET_DOCUMENT};

const ABSENT: &[&str] = &["NoSuchBucket", "NoSuchBucketPolicy"];

/// Who may do what with a bucket.
pub struct BucketPolicy;

#[async_trait]
impl Kind for BucketPolicy {
    async fn read(&self, cloud: &AwsCloud, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let bucket = name(recorded)?;
        let get = cloud.s3.get_bucket_policy().bucket(bucket).expected_bucket_owner(&cloud.place.account_id);
        let answer = unless(call("s3:GetBucketPolicy", get.send()).await, ABSENT)?;
        Ok(answer
            .and_then(|answer| answer.policy)
            .map(|policy| object(json!({"policy": policy})))
            .map(|shape| overlaid(&identity(bucket), &shape)))
    }

    async fn create(&self, cloud: &AwsCloud, planned: &Attributes) -> Result<Attributes, StepError> {
        put(cloud, planned).await?;
        Ok(overlaid(planned, &identity(name(planned)?)))
    }

    async fn update(
        &self,
        cloud: &AwsCloud,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        if differs(prior, planned, "policy") {
            put(cloud, planned).await?;
        }
        Ok(overlaid(prior, planned))
    }

    async fn delete(&self, cloud: &AwsCloud, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let bucket = name(prior)?;
        let delete = || {
            let delete = cloud.s3.delete_bucket_policy().bucket(bucket);
            delete.expected_bucket_owner(&cloud.place.account_id)
        };
        let deleted =
            cloud.patience.retry(BUCKET_BUSY, || call("s3:DeleteBucketPolicy", delete().send())).await;
        unless(deleted, GONE)?;
        Ok(None)
    }
}

async fn put(cloud: &AwsCloud, planned: &Attributes) -> Result<(), CloudError> {
    let (bucket, policy) = (name(planned)?, required(planned, "policy")?);
    let put = || {
        let put = cloud.s3.put_bucket_policy().bucket(bucket).policy(policy);
        put.expected_bucket_owner(&cloud.place.account_id)
    };
    cloud.patience.retry(BUCKET_DOCUMENT, || call("s3:PutBucketPolicy", put().send())).await.map(drop)
}
