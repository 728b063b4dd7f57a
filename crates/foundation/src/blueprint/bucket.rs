//! The log bucket and its settings. All of it stays when the foundation is destroyed.

use policy::{Element, Policy, Principal, Statement};
use terraform::Address;

use super::draft::{Draft, KEY_ARN, address};
use crate::addresses::{bucket, deployment, key};
use crate::kinds::s3::bucket::S3Bucket;
use crate::kinds::s3::bucket_lifecycle_configuration::S3BucketLifecycleConfiguration;
use crate::kinds::s3::bucket_logging::S3BucketLogging;
use crate::kinds::s3::bucket_object_lock_configuration::S3BucketObjectLockConfiguration;
use crate::kinds::s3::bucket_ownership_controls::S3BucketOwnershipControls;
use crate::kinds::s3::bucket_policy::S3BucketPolicy;
use crate::kinds::s3::bucket_public_access_block::S3BucketPublicAccessBlock;
use crate::kinds::s3::bucket_server_side_encryption_configuration::S3BucketServerSideEncryptionConfiguration;
use crate::kinds::s3::bucket_versioning::S3BucketVersioning;
use crate::settings::BUCKET_ARN;

/// A setting of the bucket, which is called as the bucket is.
pub(super) fn setting(resource_type: &str) -> Address {
    address(resource_type, bucket().name())
}

/// Adds the bucket and its settings.
pub(super) fn draft(draft: &mut Draft<'_>) {
    let desired = S3Bucket {
        bucket: &draft.bucket,
        object_lock_enabled: draft.settings.cloudtrail_object_lock.is_some(),
        tags: &draft.tags,
    };
    draft.add(bucket(), desired.arguments(), vec![deployment()]);

    let name = draft.bucket.clone();
    let name = name.as_str();
    let versioning = setting("aws_s3_bucket_versioning");
    draft.add(versioning.clone(), S3BucketVersioning { bucket: name }.arguments(), vec![bucket()]);
    let encryption = S3BucketServerSideEncryptionConfiguration {
        bucket: name,
        kms_master_key_id: KEY_ARN,
        bucket_key_enabled: draft.is_hardened().then_some(true),
    };
    draft.add(
        setting("aws_s3_bucket_server_side_encryption_configuration"),
        encryption.arguments(),
        vec![bucket(), key()],
    );
    draft_protection(draft, name);
    let mut policy = if draft.is_hardened() { bucket_policy(draft) } else { document_policy(draft) };
    policy.statements.extend(log_readers(draft));
    policy.statements.extend(own_statements(draft));
    let policy = S3BucketPolicy { bucket: name, policy: &policy };
    draft.add(setting("aws_s3_bucket_policy"), policy.arguments(), vec![bucket()]);
    draft_optional(draft, name, &versioning);
}

/// Adds what keeps the bucket from the public and from ACLs. The document does not have it, and does not forbid it.
fn draft_protection(draft: &mut Draft<'_>, name: &str) {
    let access = setting("aws_s3_bucket_public_access_block");
    let ownership = setting("aws_s3_bucket_ownership_controls");
    if draft.is_hardened() {
        draft.add(access, S3BucketPublicAccessBlock { bucket: name }.arguments(), vec![bucket()]);
        draft.add(ownership, S3BucketOwnershipControls { bucket: name }.arguments(), vec![bucket()]);
    } else {
        draft.optional(access, S3BucketPublicAccessBlock::identity(name), vec![bucket()]);
        draft.optional(ownership, S3BucketOwnershipControls::identity(name), vec![bucket()]);
    }
}

/// Adds the settings that the user asked for. Expiry of old versions and locks presuppose versioning.
fn draft_optional(draft: &mut Draft<'_>, name: &str, versioning: &Address) {
    let settings = draft.settings;
    if let Some(days) = settings.cloudtrail_log_retention_days {
        let lifecycle = S3BucketLifecycleConfiguration { bucket: name, days };
        draft.add(
            setting("aws_s3_bucket_lifecycle_configuration"),
            lifecycle.arguments(),
            vec![bucket(), versioning.clone()],
        );
    }
    if let Some(lock) = &settings.cloudtrail_object_lock {
        let lock = S3BucketObjectLockConfiguration { bucket: name, lock };
        draft.add(
            setting("aws_s3_bucket_object_lock_configuration"),
            lock.arguments(),
            vec![bucket(), versioning.clone()],
        );
    }
    if let Some(target) = &settings.cloudtrail_access_log_bucket {
        let logging = S3BucketLogging {
            bucket: name,
            target_bucket: target.as_str(),
            target_prefix: &format!("{name}/"),
        };
        draft.add(setting("aws_s3_bucket_logging"), logging.arguments(), vec![bucket()]);
    }
}

/// The document's two statements, for our trail and account alone, and no access without TLS.
fn bucket_policy(draft: &Draft<'_>) -> Policy {
    let bucket = draft.s3_arn(&draft.bucket);
    let logs = format!("{bucket}/AWSLogs/{}/*", draft.caller.account_id);
    let [check, write] = cloudtrail(&bucket, logs)
        .map(|statement| statement.when("StringEquals", "aws:SourceArn", [draft.trail_arn()]));
    Policy::new([
        check,
        write,
        Statement::deny()
            .sid("DenyInsecureTransport")
            .principals([Principal::Everyone])
            .actions(["s3:*"])
            .resources([bucket.clone(), format!("{bucket}/*")])
            .when("Bool", "aws:SecureTransport", ["false"]),
    ])
}

/// The document's two statements as it shows them.
fn document_policy(draft: &Draft<'_>) -> Policy {
    let bucket = draft.s3_arn(&draft.bucket);
    Policy::new(cloudtrail(&bucket, format!("{bucket}/*")))
}

/// Those who list and read this account's logs.
fn log_readers(draft: &Draft<'_>) -> Vec<Statement> {
    if draft.settings.log_reader_arns.is_empty() {
        return Vec::new();
    }
    let bucket = draft.s3_arn(&draft.bucket);
    let logs = format!("AWSLogs/{}/*", draft.caller.account_id);
    let statement = |sid: &str, action: &str, resource: &str| {
        let readers = draft.settings.log_reader_arns.iter().map(|arn| Principal::aws(arn.to_string()));
        Statement::allow().sid(sid).principals(readers).actions([action]).resources([resource])
    };
    vec![
        statement("LogReadersList", "s3:ListBucket", &bucket).when(
            "StringLike",
            "s3:prefix",
            [logs.as_str()],
        ),
        statement("LogReadersRead", "s3:GetObject", &format!("{bucket}/{logs}")),
    ]
}

/// The user's own statements, with the bucket's ARN where they name it.
fn own_statements(draft: &Draft<'_>) -> impl Iterator<Item = Statement> {
    let bucket = draft.s3_arn(&draft.bucket);
    let named = move |items: &[String]| items.iter().map(|item| item.replace(BUCKET_ARN, &bucket)).collect();
    draft.settings.bucket_policy_statements.iter().cloned().map(move |mut statement| {
        statement.resource = statement.resource.map(|resource| match resource {
            Element::Only(items) => Element::Only(named(&items)),
            Element::AllBut(items) => Element::AllBut(named(&items)),
        });
        statement
    })
}

/// CloudTrail looks whether the bucket is its own, and writes `logs`.
fn cloudtrail(bucket: &str, logs: String) -> [Statement; 2] {
    let statement = |sid: &str, action: &str, resource: String| {
        Statement::allow()
            .sid(sid)
            .principals([Principal::service("cloudtrail.amazonaws.com")])
            .actions([action])
            .resources([resource])
    };
    [
        statement("AWSCloudTrailAclCheck", "s3:GetBucketAcl", bucket.to_owned()),
        statement("AWSCloudTrailWrite", "s3:PutObject", logs).when(
            "StringEquals",
            "s3:x-amz-acl",
            ["bucket-owner-full-control"],
        ),
    ]
}
