//! `aws_s3_bucket_policy`.

use async_trait::async_trait;
use engine::CloudError;
use serde_json::json;
use terraform::Attributes;

use super::setting::BucketSetting;
use crate::account::Account;
use crate::attributes::{object, required};
use crate::call::{absent_if, call};
use crate::principals;
use crate::waiting::{BUCKET_BUSY, BUCKET_DOCUMENT};

const ABSENT: &[&str] = &["NoSuchBucket", "NoSuchBucketPolicy"];

/// Who may do what with a bucket.
pub(crate) struct BucketPolicy;

#[async_trait]
impl BucketSetting for BucketPolicy {
    const ARGUMENTS: &'static [&'static str] = &["policy"];

    async fn get(account: &Account, bucket: &str) -> Result<Option<Attributes>, CloudError> {
        let get = account
            .services
            .s3
            .get_bucket_policy()
            .bucket(bucket)
            .expected_bucket_owner(&account.place.account_id);
        let answer =
            absent_if(account.patience.call("s3:GetBucketPolicy", || get.clone().send()).await, ABSENT)?;
        Ok(answer.and_then(|answer| answer.policy).map(|policy| object(json!({"policy": policy}))))
    }

    async fn put(account: &Account, bucket: &str, planned: &Attributes) -> Result<(), CloudError> {
        let policy = required(planned, "policy")?;
        let put = || {
            let put = account.services.s3.put_bucket_policy().bucket(bucket).policy(policy);
            put.expected_bucket_owner(&account.place.account_id)
        };
        let attempt = || call("s3:PutBucketPolicy", put().send());
        principals::send(account, policy, BUCKET_DOCUMENT, attempt).await.map(drop)
    }

    async fn remove(account: &Account, bucket: &str) -> Result<(), CloudError> {
        let delete = || {
            let delete = account.services.s3.delete_bucket_policy().bucket(bucket);
            delete.expected_bucket_owner(&account.place.account_id)
        };
        account.patience.retry(BUCKET_BUSY, || call("s3:DeleteBucketPolicy", delete().send())).await.map(drop)
    }
}
