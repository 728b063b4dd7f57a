//! `aws_s3_bucket_ownership_controls`.

use async_trait::async_trait;
use aws_sdk_s3::types::{ObjectOwnership, OwnershipControls as Controls, OwnershipControlsRule};
use engine::CloudError;
use serde_json::json;
use terraform::{Attributes, Value};

use super::setting::BucketSetting;
use crate::account::Account;
use crate::attributes::{blocks, object, text};
use crate::call::{absent_if, call};
use crate::error::malformed;
use crate::waiting::{BUCKET, BUCKET_BUSY};

/// The action that allows changing and removing.
const PUT: &str = "s3:PutBucketOwnershipControls";
const ABSENT: &[&str] = &["NoSuchBucket", "OwnershipControlsNotFoundError"];

/// Who owns what others write into a bucket.
pub(crate) struct OwnershipControls;

#[async_trait]
impl BucketSetting for OwnershipControls {
    const ARGUMENTS: &'static [&'static str] = &["rule"];

    async fn get(account: &Account, bucket: &str) -> Result<Option<Attributes>, CloudError> {
        let get = account.services.s3.get_bucket_ownership_controls().bucket(bucket);
        let get = get.expected_bucket_owner(&account.place.account_id);
        let answer = absent_if(
            account.patience.call("s3:GetBucketOwnershipControls", || get.clone().send()).await,
            ABSENT,
        )?;
        Ok(answer.and_then(|answer| answer.ownership_controls).map(|controls| shape(&controls)))
    }

    async fn put(account: &Account, bucket: &str, planned: &Attributes) -> Result<(), CloudError> {
        let rules = blocks(planned, "rule").map(|rule| {
            let ownership = text(rule, "object_ownership").map(ObjectOwnership::from);
            OwnershipControlsRule::builder().set_object_ownership(ownership).build()
        });
        let controls = rules
            .collect::<Result<Vec<_>, _>>()
            .and_then(|rules| Controls::builder().set_rules(Some(rules)).build())
            .map_err(|error| malformed(PUT, error.to_string()))?;
        let put = || {
            let put = account
                .services
                .s3
                .put_bucket_ownership_controls()
                .bucket(bucket)
                .ownership_controls(controls.clone());
            put.expected_bucket_owner(&account.place.account_id)
        };
        account.patience.retry(BUCKET, || call(PUT, put().send())).await.map(drop)
    }

    async fn remove(account: &Account, bucket: &str) -> Result<(), CloudError> {
        let delete = || {
            let delete = account.services.s3.delete_bucket_ownership_controls().bucket(bucket);
            delete.expected_bucket_owner(&account.place.account_id)
        };
        account.patience.retry(BUCKET_BUSY, || call(PUT, delete().send())).await.map(drop)
    }
}

fn shape(controls: &Controls) -> Attributes {
    let rules =
        controls.rules().iter().map(|rule| json!({"object_ownership": rule.object_ownership().as_str()}));
    object(json!({"rule": rules.collect::<Vec<Value>>()}))
}
