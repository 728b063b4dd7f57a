//! `aws_s3_bucket_public_access_block`. Where the account blocks as much for all its buckets, a bucket has what it needs without
//! a block of its own, and often may not have one: organizations deny changing it.

use async_trait::async_trait;
use aws_sdk_s3::types::PublicAccessBlockConfiguration;
use engine::{CloudError, CloudErrorKind};
use serde_json::json;
use terraform::Attributes;

use super::GONE;
use super::account_public_access_block::blocks_all;
use super::setting::BucketSetting;
use crate::account::Account;
use crate::attributes::{flag, object};
use crate::call::{absent_if, call, has_code};
use crate::waiting::{BUCKET, BUCKET_BUSY};

/// The action that allows changing and removing.
const PUT: &str = "s3:PutBucketPublicAccessBlock";
/// S3's word for a bucket without a block of its own.
const NONE: &[&str] = &["NoSuchPublicAccessBlockConfiguration"];
/// The four flags.
const FLAGS: [&str; 4] =
    ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];

/// What a bucket refuses to make public.
pub(crate) struct PublicAccessBlock;

#[async_trait]
impl BucketSetting for PublicAccessBlock {
    const ARGUMENTS: &'static [&'static str] = &FLAGS;

    async fn get(account: &Account, bucket: &str) -> Result<Option<Attributes>, CloudError> {
        let get = account
            .services
            .s3
            .get_public_access_block()
            .bucket(bucket)
            .expected_bucket_owner(&account.place.account_id);
        let answer = account.patience.call("s3:GetBucketPublicAccessBlock", || get.clone().send()).await;
        let own = match answer {
            Err(error) if has_code(&error, GONE) => return Ok(None),
            answer => absent_if(answer, NONE)?.and_then(|answer| answer.public_access_block_configuration),
        };
        let own = own.as_ref().map(shape);
        if own.as_ref().is_some_and(is_whole) {
            return Ok(own);
        }
        if blocks_all(&account.services.s3, &account.place, bucket).await {
            return Ok(Some(FLAGS.iter().map(|name| ((*name).to_owned(), true.into())).collect()));
        }
        Ok(own)
    }

    async fn put(account: &Account, bucket: &str, planned: &Attributes) -> Result<(), CloudError> {
        let configuration = configuration(planned);
        let put = || {
            let put = account.services.s3.put_public_access_block().bucket(bucket);
            put.public_access_block_configuration(configuration.clone())
                .expected_bucket_owner(&account.place.account_id)
        };
        match account.patience.retry(BUCKET, || call(PUT, put().send())).await {
            Err(refusal)
                if refusal.kind == CloudErrorKind::AccessDenied
                    && blocks_all(&account.services.s3, &account.place, bucket).await =>
            {
                Ok(())
            }
            answer => answer.map(drop),
        }
    }

    async fn remove(account: &Account, bucket: &str) -> Result<(), CloudError> {
        let delete = || {
            let delete = account.services.s3.delete_public_access_block().bucket(bucket);
            delete.expected_bucket_owner(&account.place.account_id)
        };
        account.patience.retry(BUCKET_BUSY, || call(PUT, delete().send())).await.map(drop)
    }
}

fn configuration(planned: &Attributes) -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration::builder()
        .set_block_public_acls(flag(planned, "block_public_acls"))
        .set_block_public_policy(flag(planned, "block_public_policy"))
        .set_ignore_public_acls(flag(planned, "ignore_public_acls"))
        .set_restrict_public_buckets(flag(planned, "restrict_public_buckets"))
        .build()
}

/// Whether a block leaves nothing open.
fn is_whole(block: &Attributes) -> bool {
    FLAGS.iter().all(|name| flag(block, name) == Some(true))
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
