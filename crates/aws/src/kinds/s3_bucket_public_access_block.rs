//! `aws_s3_bucket_public_access_block`.

use async_trait::async_trait;
use aws_sdk_s3::types::PublicAccessBlockConfiguration;
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::Attributes;

use super::Kind;
use super::s3_bucket::{GONE, identity, name};
use crate::attributes::{differs, flag, object, overlaid};
use crate::call::{call, unless};
use crate::cloud::AwsCloud;
use crate::waiting::{BUCKET, BUCKET_BUSY};

const ABSENT: &[&str] = &["NoSuchBucket", "NoSuchPublicAccessBlockConfiguration"];
/// The four flags.
const FLAGS: [&str; 4] =
    ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];

/// What a bucket refuses to make public.
pub struct PublicAccessBlock;

#[async_trait]
impl Kind for PublicAccessBlock {
    async fn read(&self, cloud: &AwsCloud, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let bucket = name(recorded)?;
        let get =
            cloud.s3.get_public_access_block().bucket(bucket).expected_bucket_owner(&cloud.place.account_id);
        let answer = unless(call("s3:GetBucketPublicAccessBlock", get.send()).await, ABSENT)?;
        Ok(answer
            .and_then(|answer| answer.public_access_block_configuration)
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
        if FLAGS.iter().any(|flag| differs(prior, planned, flag)) {
            put(cloud, planned).await?;
        }
        Ok(overlaid(prior, planned))
    }

    async fn delete(&self, cloud: &AwsCloud, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let bucket = name(prior)?;
        let delete = || {
            let delete = cloud.s3.delete_public_access_block().bucket(bucket);
            delete.expected_bucket_owner(&cloud.place.account_id)
        };
        let deleted = cloud
            .patience
            .retry(BUCKET_BUSY, || call("s3:PutBucketPublicAccessBlock", delete().send()))
            .await;
        unless(deleted, GONE)?;
        Ok(None)
    }
}

async fn put(cloud: &AwsCloud, planned: &Attributes) -> Result<(), CloudError> {
    let bucket = name(planned)?;
    let configuration = configuration(planned);
    let put = || {
        let put = cloud.s3.put_public_access_block().bucket(bucket);
        put.public_access_block_configuration(configuration.clone())
            .expected_bucket_owner(&cloud.place.account_id)
    };
    cloud.patience.retry(BUCKET, || call("s3:PutBucketPublicAccessBlock", put().send())).await.map(drop)
}

fn configuration(planned: &Attributes) -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration::builder()
        .set_block_public_acls(flag(planned, "block_public_acls"))
        .set_block_public_policy(flag(planned, "block_public_policy"))
        .set_ignore_public_acls(flag(planned, "ignore_public_acls"))
        .set_restrict_public_buckets(flag(planned, "restrict_public_buckets"))
        .build()
}

fn shape(configuration: &PublicAccessBlockConfiguration) -> Attributes {
    object(json!({
        "block_public_acls": configuration.block_public_acls().unwrap_or(false),
        "block_public_policy": configuration.block_public_policy().unwrap_or(false),
        "ignore_public_acls": configuration.ignore_public_acls().unwrap_or(false),
        "restrict_public_buckets": configuration.restrict_public_buckets().unwrap_or(false),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flag_is_read_as_it_is_planned() {
        for name in FLAGS {
            let mut planned = shape(&PublicAccessBlockConfiguration::builder().build());
            planned.insert(name.to_owned(), true.into());
            assert_eq!(shape(&configuration(&planned)), planned);
        }
    }
}
