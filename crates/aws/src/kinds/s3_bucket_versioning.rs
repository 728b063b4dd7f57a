//! `aws_s3_bucket_versioning`.

use async_trait::async_trait;
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::Attributes;

use super::Kind;
use super::s3_bucket::{GONE, identity, name};
use crate::attributes::{block, differs, object, overlaid, required};
use crate::call::{call, unless};
use crate::cloud::AwsCloud;
use crate::error::malformed;
use crate::waiting::BUCKET;

/// Whether a bucket keeps old versions.
pub struct Versioning;

#[async_trait]
impl Kind for Versioning {
    async fn read(&self, cloud: &AwsCloud, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let bucket = name(recorded)?;
        let get =
            cloud.s3.get_bucket_versioning().bucket(bucket).expected_bucket_owner(&cloud.place.account_id);
        let answer = unless(call("s3:GetBucketVersioning", get.send()).await, GONE)?;
        Ok(answer
            .and_then(|answer| answer.status)
            .map(|status| shape(&status))
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
        if differs(prior, planned, "versioning_configuration") {
            put(cloud, planned).await?;
        }
        Ok(overlaid(prior, planned))
    }

    async fn delete(&self, cloud: &AwsCloud, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let answer = set(cloud, name(prior)?, BucketVersioningStatus::Suspended).await;
        unless(answer, GONE)?;
        Ok(None)
    }
}

async fn put(cloud: &AwsCloud, planned: &Attributes) -> Result<(), CloudError> {
    let configuration = block(planned, "versioning_configuration")
        .ok_or_else(|| malformed("record", "the record lacks `versioning_configuration`"))?;
    set(cloud, name(planned)?, BucketVersioningStatus::from(required(configuration, "status")?)).await
}

async fn set(cloud: &AwsCloud, bucket: &str, status: BucketVersioningStatus) -> Result<(), CloudError> {
    let configuration = VersioningConfiguration::builder().status(status).build();
    let put = || {
        let put =
            cloud.s3.put_bucket_versioning().bucket(bucket).versioning_configuration(configuration.clone());
        put.expected_bucket_owner(&cloud.place.account_id)
    };
    cloud.patience.retry(BUCKET, || call("s3:PutBucketVersioning", put().send())).await.map(drop)
}

fn shape(status: &BucketVersioningStatus) -> Attributes {
    object(json!({"versioning_configuration": [{"status": status.as_str()}]}))
}
