//! `aws_s3_bucket_server_side_encryption_configuration`.

use async_trait::async_trait;
use aws_sdk_s3::error::BuildError;
use aws_sdk_s3::types::{
    ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
    ServerSideEncryptionRule,
};
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::{Attributes, Value};

use super::Kind;
use super::s3_bucket::{GONE, identity, name};
use crate::attributes::{block, blocks, differs, flag, object, overlaid, owned, text};
use crate::call::{call, unless};
use crate::cloud::AwsCloud;
use crate::error::malformed;
use crate::waiting::{BUCKET, BUCKET_BUSY};

const ABSENT: &[&str] = &["NoSuchBucket", "ServerSideEncryptionConfigurationNotFoundError"];

/// How a bucket encrypts what comes without a word about it.
pub struct Encryption;

#[async_trait]
impl Kind for Encryption {
    async fn read(&self, cloud: &AwsCloud, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let bucket = name(recorded)?;
        let get =
            cloud.s3.get_bucket_encryption().bucket(bucket).expected_bucket_owner(&cloud.place.account_id);
        let answer = unless(call("s3:GetEncryptionConfiguration", get.send()).await, ABSENT)?;
        Ok(answer
            .and_then(|answer| answer.server_side_encryption_configuration)
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
            let delete = cloud.s3.delete_bucket_encryption().bucket(bucket);
            delete.expected_bucket_owner(&cloud.place.account_id)
        };
        let deleted = cloud
            .patience
            .retry(BUCKET_BUSY, || call("s3:PutEncryptionConfiguration", delete().send()))
            .await;
        unless(deleted, GONE)?;
        Ok(None)
    }
}

async fn put(cloud: &AwsCloud, planned: &Attributes) -> Result<(), CloudError> {
    const OPERATION: &str = "s3:PutEncryptionConfiguration";
    let bucket = name(planned)?;
    let configuration = configuration(planned).map_err(|error| malformed(OPERATION, error.to_string()))?;
    let put = || {
        let put = cloud.s3.put_bucket_encryption().bucket(bucket);
        put.server_side_encryption_configuration(configuration.clone())
            .expected_bucket_owner(&cloud.place.account_id)
    };
    cloud.patience.retry(BUCKET, || call(OPERATION, put().send())).await.map(drop)
}

fn configuration(planned: &Attributes) -> Result<ServerSideEncryptionConfiguration, BuildError> {
    let rules = blocks(planned, "rule")
        .map(|rule| {
            let default = block(rule, "apply_server_side_encryption_by_default")
                .map(|default| {
                    ServerSideEncryptionByDefault::builder()
                        .set_sse_algorithm(text(default, "sse_algorithm").map(ServerSideEncryption::from))
                        .set_kms_master_key_id(owned(default, "kms_master_key_id"))
                        .build()
                })
                .transpose()?;
            Ok(ServerSideEncryptionRule::builder()
                .set_apply_server_side_encryption_by_default(default)
                .set_bucket_key_enabled(flag(rule, "bucket_key_enabled"))
                .build())
        })
        .collect::<Result<Vec<_>, BuildError>>()?;
    ServerSideEncryptionConfiguration::builder().set_rules(Some(rules)).build()
}

fn shape(configuration: &ServerSideEncryptionConfiguration) -> Attributes {
    let rules: Vec<Value> = configuration
        .rules()
        .iter()
        .map(|rule| {
            let defaults: Vec<Value> = rule
                .apply_server_side_encryption_by_default()
                .map(|default| {
                    json!({
                        "sse_algorithm": default.sse_algorithm().as_str(),
                        "kms_master_key_id": default.kms_master_key_id(),
                    })
                })
                .into_iter()
                .collect();
            json!({
                "apply_server_side_encryption_by_default": defaults,
                "bucket_key_enabled": rule.bucket_key_enabled().unwrap_or(false),
            })
        })
        .collect();
    object(json!({"rule": rules}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_planned_is_what_is_read() {
        let planned = object(json!({"rule": [{
            "apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": "ARN"}],
            "bucket_key_enabled": true,
        }]}));
        assert_eq!(shape(&configuration(&planned).unwrap()), planned);
    }
}
