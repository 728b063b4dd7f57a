//! What the settings presuppose outside of the foundation, as AWS has it. What may not be read says nothing.

use aws_sdk_s3::types::ServerSideEncryption;
use engine::{CloudError, CloudErrorKind};
use foundation::premises::{Answer, Premise, TargetBucket};

use crate::account::Account;
use crate::call::absent_if;
use crate::kinds::s3::GONE as NO_BUCKET;
use crate::review::default_document;

/// S3's group that delivers access logs (S3 user guide, "Amazon S3 predefined groups").
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";
/// IAM's name for what is not there.
const NO_ENTITY: &[&str] = &["NoSuchEntity"];

/// Reads what there is of a premise.
///
/// # Errors
/// A read failed other than by being refused.
pub(crate) async fn look_up(account: &Account, premise: &Premise) -> Result<Answer, CloudError> {
    let answer = match premise {
        Premise::Boundary(arn) => boundary(account, arn).await,
        Premise::Principal(arn) => principal(account, arn).await,
        Premise::Trail => trails(account).await,
        Premise::AccessLogTarget(name) => target(account, name).await,
    };
    readable(answer).map(|answer| answer.unwrap_or(Answer::Unread))
}

/// `None` where a read was denied or refused.
fn readable<T>(answer: Result<T, CloudError>) -> Result<Option<T>, CloudError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if matches!(error.kind, CloudErrorKind::AccessDenied | CloudErrorKind::Refused) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn presence<T>(answer: Option<T>) -> Answer {
    if answer.is_some() { Answer::Present } else { Answer::Absent }
}

/// A policy that may be seen and not read is there.
async fn boundary(account: &Account, arn: &str) -> Result<Answer, CloudError> {
    let get = || account.services.iam.get_policy().policy_arn(arn).send();
    let answer = absent_if(account.patience.call("iam:GetPolicy", get).await, NO_ENTITY)?;
    let Some(policy) = answer.and_then(|answer| answer.policy) else { return Ok(Answer::Absent) };
    let document = default_document(account, arn, policy.default_version_id()).await;
    Ok(readable(document)?.map_or(Answer::Present, Answer::Document))
}

async fn principal(account: &Account, arn: &str) -> Result<Answer, CloudError> {
    let iam = &account.services.iam;
    let name = arn.rsplit('/').next().unwrap_or_default();
    let found = if arn.contains(":user/") {
        let get = || iam.get_user().user_name(name).send();
        let answer = absent_if(account.patience.call("iam:GetUser", get).await, NO_ENTITY)?;
        answer.and_then(|answer| answer.user).map(|user| user.arn)
    } else {
        let get = || iam.get_role().role_name(name).send();
        let answer = absent_if(account.patience.call("iam:GetRole", get).await, NO_ENTITY)?;
        answer.and_then(|answer| answer.role).map(|role| role.arn)
    };
    // A name is unique whatever the path, and a policy names it with its path.
    Ok(presence(found.filter(|found| found == arn)))
}

async fn trails(account: &Account) -> Result<Answer, CloudError> {
    let list = || account.services.cloudtrail.describe_trails().include_shadow_trails(true).send();
    let answer = account.patience.call("cloudtrail:DescribeTrails", list).await?;
    let arns = answer.trail_list().iter().filter_map(|trail| trail.trail_arn.clone());
    Ok(Answer::Trails(arns.collect()))
}

/// Reads a call's answer for a bucket of this account.
macro_rules! get {
    ($account:expr, $bucket:expr, $call:ident, $permission:expr, $absent:expr) => {{
        let owner = &$account.place.account_id;
        let get = $account.services.s3.$call().bucket($bucket).expected_bucket_owner(owner);
        let answer = $account.patience.call($permission, || get.clone().send()).await;
        absent_if(answer, $absent)
    }};
}

async fn target(account: &Account, name: &str) -> Result<Answer, CloudError> {
    let (location, encryption, retention, policy, acl) = futures::join!(
        async { get!(account, name, get_bucket_location, "s3:GetBucketLocation", NO_BUCKET) },
        encryption(account, name),
        retention(account, name),
        bucket_policy(account, name),
        log_delivery(account, name),
    );
    let region = match readable(location)? {
        Some(None) => return Ok(Answer::Absent),
        Some(Some(answer)) => {
            // S3 answers nothing for us-east-1, and `EU` for what was eu-west-1 once.
            let constraint = answer.location_constraint.map(|region| region.as_str().to_owned());
            Some(match constraint.as_deref() {
                None | Some("") => "us-east-1".to_owned(),
                Some("EU") => "eu-west-1".to_owned(),
                Some(region) => region.to_owned(),
            })
        }
        None => None,
    };
    Ok(Answer::Bucket(TargetBucket {
        region,
        encryption: readable(encryption)?,
        retention: readable(retention)?,
        policy: readable(policy)?,
        acl: readable(acl)?,
    }))
}

/// The default encryption; a bucket without a setting of its own has SSE-S3.
async fn encryption(account: &Account, name: &str) -> Result<String, CloudError> {
    let none = &["ServerSideEncryptionConfigurationNotFoundError", "NoSuchBucket"];
    let answer = get!(account, name, get_bucket_encryption, "s3:GetEncryptionConfiguration", none)?;
    let rules = answer.and_then(|answer| answer.server_side_encryption_configuration);
    let rules = rules.map(|configuration| configuration.rules).unwrap_or_default();
    let default = rules.into_iter().find_map(|rule| rule.apply_server_side_encryption_by_default);
    let algorithm = default.map_or(ServerSideEncryption::Aes256, |default| default.sse_algorithm);
    Ok(algorithm.as_str().to_owned())
}

async fn retention(account: &Account, name: &str) -> Result<String, CloudError> {
    let none = &["ObjectLockConfigurationNotFoundError", "NoSuchBucket"];
    let permission = "s3:GetBucketObjectLockConfiguration";
    let answer = get!(account, name, get_object_lock_configuration, permission, none)?;
    let rule = answer.and_then(|answer| answer.object_lock_configuration?.rule?.default_retention);
    Ok(rule.and_then(|rule| rule.mode).map(|mode| mode.as_str().to_owned()).unwrap_or_default())
}

async fn bucket_policy(account: &Account, name: &str) -> Result<String, CloudError> {
    let none = &["NoSuchBucketPolicy", "NoSuchBucket"];
    let answer = get!(account, name, get_bucket_policy, "s3:GetBucketPolicy", none)?;
    Ok(answer.and_then(|answer| answer.policy).unwrap_or_default())
}

/// Whether the ACL names the log delivery group, as the canned ACL `log-delivery-write` does.
async fn log_delivery(account: &Account, name: &str) -> Result<bool, CloudError> {
    let answer = get!(account, name, get_bucket_acl, "s3:GetBucketAcl", NO_BUCKET)?;
    let grants = answer.map(|answer| answer.grants.unwrap_or_default()).unwrap_or_default();
    let groups = grants.iter().filter_map(|grant| grant.grantee.as_ref()?.uri());
    Ok(groups.into_iter().any(|group| group == LOG_DELIVERY))
}
