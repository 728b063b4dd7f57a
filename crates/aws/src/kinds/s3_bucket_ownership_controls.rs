//! `aws_s3_bucket_ownership_controls`.

use async_trait::async_trait;
use aws_sdk_s3::types::{ObjectOwnership, OwnershipControls as Controls, OwnershipControlsRule};
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::{Attributes, Value};

use super::Kind;
use super::s3_bucket::{GONE, identity, name};
use crate::attributes::{blocks, differs, object, overlaid, text};
use crate::call::{call, unless};
use crate::cloud::AwsCloud;
use crate::error::malformed;
use crate::waiting::{BUCKET, BUCKET_BUSY};

const ABSENT: &[&str] = &["NoSuchBucket", "OwnershipControlsNotFoundError"];

/// Who owns what others write into a bucket.
pub struct OwnershipControls;

#[async_trait]
impl Kind for OwnershipControls {
    async fn read(&self, cloud: &AwsCloud, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let bucket = name(recorded)?;
        let get = cloud
            .s3
            .get_bucket_ownership_controls()
            .bucket(bucket)
            .expected_bucket_owner(&cloud.place.account_id);
        let answer = unless(call("s3:GetBucketOwnershipControls", get.send()).await, ABSENT)?;
        Ok(answer
            .and_then(|answer| answer.ownership_controls)
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
        if differs(prior, planned, "rule") {
            put(cloud, planned).await?;
        }
        Ok(overlaid(prior, planned))
    }

    async fn delete(&self, cloud: &AwsCloud, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let bucket = name(prior)?;
        let delete = || {
            let delete = cloud.s3.delete_bucket_ownership_controls().bucket(bucket);
            delete.expected_bucket_owner(&cloud.place.account_id)
        };
        let deleted = cloud
            .patience
            .retry(BUCKET_BUSY, || call("s3:PutBucketOwnershipControls", delete().send()))
            .await;
        unless(deleted, GONE)?;
        Ok(None)
    }
}

async fn put(cloud: &AwsCloud, planned: &Attributes) -> Result<(), CloudError> {
    const OPERATION: &str = "s3:PutBucketOwnershipControls";
    let bucket = name(planned)?;
    let rules = blocks(planned, "rule").map(|rule| {
        let ownership = text(rule, "object_ownership").map(ObjectOwnership::from);
        OwnershipControlsRule::builder().set_object_ownership(ownership).build()
    });
    let controls = rules
        .collect::<Result<Vec<_>, _>>()
        .and_then(|rules| Controls::builder().set_rules(Some(rules)).build())
        .map_err(|error| malformed(OPERATION, error.to_string()))?;
    let put = || {
        let put =
            cloud.s3.put_bucket_ownership_controls().bucket(bucket).ownership_controls(controls.clone());
        put.expected_bucket_owner(&cloud.place.account_id)
    };
    cloud.patience.retry(BUCKET, || call(OPERATION, put().send())).await.map(drop)
}

fn shape(controls: &Controls) -> Attributes {
    let rules =
        controls.rules().iter().map(|rule| json!({"object_ownership": rule.object_ownership().as_str()}));
    object(json!({"rule": rules.collect::<Vec<Value>>()}))
}
