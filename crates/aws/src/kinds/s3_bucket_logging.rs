//! `aws_s3_bucket_logging`.

use async_trait::async_trait;
use aws_sdk_s3::types::{BucketLoggingStatus, LoggingEnabled};
use engine::CloudError;
use serde_json::json;
use terraform::Attributes;

use super::bucket_setting::BucketSetting;
use super::s3_bucket::GONE;
use crate::attributes::{object, owned};
use crate::call::{call, unless};
use crate::cloud::AwsCloud;
use crate::error::malformed;
use crate::waiting::BUCKET;

const PUT: &str = "s3:PutBucketLogging";

/// Where the accesses to a bucket are logged.
pub struct Logging;

#[async_trait]
impl BucketSetting for Logging {
    const ARGUMENTS: &'static [&'static str] = &["target_bucket", "target_prefix"];

    async fn get(cloud: &AwsCloud, bucket: &str) -> Result<Option<Attributes>, CloudError> {
        let get = cloud.s3.get_bucket_logging().bucket(bucket).expected_bucket_owner(&cloud.place.account_id);
        let answer = unless(cloud.patience.call("s3:GetBucketLogging", || get.clone().send()).await, GONE)?;
        Ok(answer.and_then(|answer| answer.logging_enabled).map(|target| shape(&target)))
    }

    async fn put(cloud: &AwsCloud, bucket: &str, planned: &Attributes) -> Result<(), CloudError> {
        let target = LoggingEnabled::builder()
            .set_target_bucket(owned(planned, "target_bucket"))
            .target_prefix(owned(planned, "target_prefix").unwrap_or_default())
            .build()
            .map_err(|error| malformed(PUT, error.to_string()))?;
        set(cloud, bucket, Some(target)).await
    }

    async fn remove(cloud: &AwsCloud, bucket: &str) -> Result<(), CloudError> {
        set(cloud, bucket, None).await
    }
}

async fn set(cloud: &AwsCloud, bucket: &str, target: Option<LoggingEnabled>) -> Result<(), CloudError> {
    let status = BucketLoggingStatus::builder().set_logging_enabled(target).build();
    let put = || {
        let put = cloud.s3.put_bucket_logging().bucket(bucket).bucket_logging_status(status.clone());
        put.expected_bucket_owner(&cloud.place.account_id)
    };
    cloud.patience.retry(BUCKET, || call(PUT, put().send())).await.map(drop)
}

fn shape(target: &LoggingEnabled) -> Attributes {
    object(json!({"target_bucket": target.target_bucket(), "target_prefix": target.target_prefix()}))
}
