//! `aws_s3_bucket_logging`.

use async_trait::async_trait;
use aws_sdk_s3::types::{BucketLoggingStatus, LoggingEnabled};
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::Attributes;

use super::Kind;
use super::s3_bucket::{GONE, identity, name};
use crate::attributes::{differs, object, overlaid, owned};
use crate::call::{call, unless};
use crate::cloud::AwsCloud;
use crate::error::malformed;
use crate::waiting::BUCKET;

const OPERATION: &str = "s3:PutBucketLogging";

/// Where the accesses to a bucket are logged.
pub struct Logging;

#[async_trait]
impl Kind for Logging {
    async fn read(&self, cloud: &AwsCloud, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let bucket = name(recorded)?;
        let get = cloud.s3.get_bucket_logging().bucket(bucket).expected_bucket_owner(&cloud.place.account_id);
        let answer = unless(call("s3:GetBucketLogging", get.send()).await, GONE)?;
        Ok(answer
            .and_then(|answer| answer.logging_enabled)
            .map(|answer| shape(&answer))
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
        if differs(prior, planned, "target_bucket") || differs(prior, planned, "target_prefix") {
            put(cloud, planned).await?;
        }
        Ok(overlaid(prior, planned))
    }

    async fn delete(&self, cloud: &AwsCloud, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        unless(set(cloud, name(prior)?, None).await, GONE)?;
        Ok(None)
    }
}

async fn put(cloud: &AwsCloud, planned: &Attributes) -> Result<(), CloudError> {
    let target = LoggingEnabled::builder()
        .set_target_bucket(owned(planned, "target_bucket"))
        .target_prefix(owned(planned, "target_prefix").unwrap_or_default())
        .build()
        .map_err(|error| malformed(OPERATION, error.to_string()))?;
    set(cloud, name(planned)?, Some(target)).await
}

async fn set(cloud: &AwsCloud, bucket: &str, target: Option<LoggingEnabled>) -> Result<(), CloudError> {
    let status = BucketLoggingStatus::builder().set_logging_enabled(target).build();
    let put = || {
        let put = cloud.s3.put_bucket_logging().bucket(bucket).bucket_logging_status(status.clone());
        put.expected_bucket_owner(&cloud.place.account_id)
    };
    cloud.patience.retry(BUCKET, || call(OPERATION, put().send())).await.map(drop)
}

fn shape(target: &LoggingEnabled) -> Attributes {
    object(json!({"target_bucket": target.target_bucket(), "target_prefix": target.target_prefix()}))
}
