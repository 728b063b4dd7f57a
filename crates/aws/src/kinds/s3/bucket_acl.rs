//! The ACL of a bucket: no kind of ours. What it grants to everybody is taken back.

use aws_sdk_s3::types::{AccessControlPolicy, Grant};
use engine::CloudError;

use super::GONE;
use crate::account::Account;
use crate::call::{absent_if, call};
use crate::waiting::BUCKET_BUSY;

/// How the groups that everybody belongs to begin (S3 user guide, "Amazon S3 predefined groups").
const EVERYBODY: &str = "http://acs.amazonaws.com/groups/global/";

/// Takes back what the ACL grants to everybody, and leaves all else as it is now.
pub(super) async fn close(account: &Account, bucket: &str) -> Result<(), CloudError> {
    let owner = &account.place.account_id;
    let get = account.services.s3.get_bucket_acl().bucket(bucket).expected_bucket_owner(owner);
    let answer = account.patience.call("s3:GetBucketAcl", || get.clone().send()).await;
    let Some(present) = absent_if(answer, GONE)? else { return Ok(()) };
    let grants: Vec<Grant> =
        present.grants.unwrap_or_default().into_iter().filter(|grant| !is_everybodys(grant)).collect();
    let policy = AccessControlPolicy::builder().set_owner(present.owner).set_grants(Some(grants)).build();
    let put = || {
        let put = account.services.s3.put_bucket_acl().bucket(bucket).access_control_policy(policy.clone());
        put.expected_bucket_owner(owner)
    };
    account.patience.retry(BUCKET_BUSY, || call("s3:PutBucketAcl", put().send())).await.map(drop)
}

fn is_everybodys(grant: &Grant) -> bool {
    grant.grantee().and_then(|grantee| grantee.uri()).is_some_and(|uri| uri.starts_with(EVERYBODY))
}
