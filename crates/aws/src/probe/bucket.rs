//! A bucket and everything that decides who reads, writes and loses what is in it.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{BucketVersioningStatus, Grant, LifecycleRule, ObjectLockRetentionMode};
use doctor::facts::{
    BucketFacts, Encryption, Expiration, LoggingTarget, ObjectLockDefault, PublicAccess, Read, Replication,
};

use super::{moment, read, refusal, then};
use crate::account::Place;
use crate::error::{bucket_region, cloud_error};
use crate::kinds::s3::account_public_access_block::blocks_all;
use crate::kinds::s3::bucket_versioning::misnamed_answer;

/// Reads a bucket. `owner` is the account that it has to belong to, where that is known.
pub async fn bucket(client: &Client, name: &str, owner: Option<&str>) -> BucketFacts {
    let owner = owner.map(str::to_owned);
    let head = client.head_bucket().bucket(name).set_expected_bucket_owner(owner.clone()).send();
    let region = match head.await {
        Ok(answer) => answer.bucket_region.map_or(Read::Found("us-east-1".to_owned()), Read::Found),
        Err(error) => {
            let elsewhere = bucket_region(&error);
            let error = cloud_error("s3:ListBucket", error);
            match (error.status, elsewhere) {
                (Some(404), _) => Read::Absent,
                (Some(301 | 400), Some(region)) => Read::Found(region),
                _ => Read::Refused(refusal(&error)),
            }
        }
    };
    match region {
        Read::Absent => BucketFacts::bare(name, Read::Absent),
        region => settings(client, name, owner, region).await,
    }
}

/// Reads a bucket of an account, kept from the public by a block of its own or by the account's.
pub async fn bucket_of(client: &Client, place: &Place, name: &str) -> BucketFacts {
    let mut facts = bucket(client, name, Some(&place.account_id)).await;
    let is_open = match &facts.public_access {
        Read::Found(own) => *own != PublicAccess::ALL,
        Read::Absent => facts.region.found().is_some(),
        Read::Refused(_) => false,
    };
    if is_open && blocks_all(client, place, name).await {
        facts.public_access = Read::Found(PublicAccess::ALL);
    }
    facts
}

async fn settings(client: &Client, name: &str, owner: Option<String>, region: Read<String>) -> BucketFacts {
    let (protection, exposure) =
        futures::join!(protection(client, name, owner.clone()), exposure(client, name, owner));
    BucketFacts {
        region,
        lock: exposure.lock,
        logging: exposure.logging,
        replication: exposure.replication,
        acl: exposure.acl,
        ..protection
    }
}

/// Policy, public access, versioning, encryption, ownership and expirations; the rest is left unread.
async fn protection(client: &Client, name: &str, owner: Option<String>) -> BucketFacts {
    let owner = || owner.clone();
    let (policy, public_access, versioning, encryption, ownership, expirations) = futures::join!(
        read(
            "s3:GetBucketPolicy",
            &["NoSuchBucketPolicy"],
            client.get_bucket_policy().bucket(name).set_expected_bucket_owner(owner()).send()
        ),
        read(
            "s3:GetBucketPublicAccessBlock",
            &["NoSuchPublicAccessBlockConfiguration"],
            client.get_public_access_block().bucket(name).set_expected_bucket_owner(owner()).send()
        ),
        versioning(client, name, owner()),
        read(
            "s3:GetEncryptionConfiguration",
            &["ServerSideEncryptionConfigurationNotFoundError"],
            client.get_bucket_encryption().bucket(name).set_expected_bucket_owner(owner()).send()
        ),
        read(
            "s3:GetBucketOwnershipControls",
            &["OwnershipControlsNotFoundError"],
            client.get_bucket_ownership_controls().bucket(name).set_expected_bucket_owner(owner()).send()
        ),
        read(
            "s3:GetLifecycleConfiguration",
            &["NoSuchLifecycleConfiguration"],
            client
                .get_bucket_lifecycle_configuration()
                .bucket(name)
                .set_expected_bucket_owner(owner())
                .send()
        ),
    );
    BucketFacts {
        policy: then(policy, |answer| answer.policy),
        public_access: then(public_access, |answer| {
            answer.public_access_block_configuration.as_ref().map(block)
        }),
        versioning,
        encryption: then(encryption, |answer| {
            encryption_of(answer.server_side_encryption_configuration?.rules())
        }),
        ownership: then(ownership, |answer| {
            let rule = answer.ownership_controls?.rules.into_iter().next()?;
            Some(rule.object_ownership.as_str().to_owned())
        }),
        expirations: then(expirations, |answer| Some(answer.rules().iter().map(expiration).collect())),
        ..BucketFacts::bare(name, Read::Absent)
    }
}

/// Object Lock, access logging, replication and ACL; the rest is left unread.
async fn exposure(client: &Client, name: &str, owner: Option<String>) -> BucketFacts {
    let owner = || owner.clone();
    let (lock, logging, replication, acl) = futures::join!(
        read(
            "s3:GetBucketObjectLockConfiguration",
            &["ObjectLockConfigurationNotFoundError"],
            client.get_object_lock_configuration().bucket(name).set_expected_bucket_owner(owner()).send()
        ),
        read(
            "s3:GetBucketLogging",
            &[],
            client.get_bucket_logging().bucket(name).set_expected_bucket_owner(owner()).send()
        ),
        read(
            "s3:GetReplicationConfiguration",
            &["ReplicationConfigurationNotFoundError"],
            client.get_bucket_replication().bucket(name).set_expected_bucket_owner(owner()).send()
        ),
        read(
            "s3:GetBucketAcl",
            &[],
            client.get_bucket_acl().bucket(name).set_expected_bucket_owner(owner()).send()
        ),
    );
    BucketFacts {
        lock: then(lock, |answer| lock_of(answer.object_lock_configuration?.rule.as_ref())),
        logging: then(logging, |answer| {
            let target = answer.logging_enabled?;
            Some(LoggingTarget { bucket: target.target_bucket, prefix: target.target_prefix })
        }),
        replication: then(replication, |answer| {
            let rules = answer.replication_configuration?.rules;
            Some(rules.iter().filter(|rule| rule.status.as_str() != "Disabled").map(replication_of).collect())
        }),
        acl: then(acl, |answer| {
            let owner = answer.owner.as_ref().and_then(|owner| owner.id()).unwrap_or_default();
            Some(answer.grants().iter().filter_map(|grant| stranger(grant, owner)).collect())
        }),
        ..BucketFacts::bare(name, Read::Absent)
    }
}

/// The versioning, also as servers that speak S3 in their own way name it.
async fn versioning(client: &Client, name: &str, owner: Option<String>) -> Read<String> {
    let status = |status: Option<BucketVersioningStatus>| {
        status.map_or(Read::Absent, |status| Read::Found(status.as_str().to_owned()))
    };
    let sending = client.get_bucket_versioning().bucket(name).set_expected_bucket_owner(owner).send();
    match sending.await {
        Ok(answer) => status(answer.status),
        Err(error) => match error.raw_response().and_then(misnamed_answer) {
            Some(misnamed) => status(misnamed),
            None => Read::Refused(refusal(&cloud_error("s3:GetBucketVersioning", error))),
        },
    }
}

fn block(block: &aws_sdk_s3::types::PublicAccessBlockConfiguration) -> PublicAccess {
    PublicAccess {
        block_acls: block.block_public_acls().unwrap_or(false),
        ignore_acls: block.ignore_public_acls().unwrap_or(false),
        block_policy: block.block_public_policy().unwrap_or(false),
        restrict: block.restrict_public_buckets().unwrap_or(false),
    }
}

fn encryption_of(rules: &[aws_sdk_s3::types::ServerSideEncryptionRule]) -> Option<Encryption> {
    let rule = rules.iter().find_map(|rule| rule.apply_server_side_encryption_by_default())?;
    Some(Encryption {
        algorithm: rule.sse_algorithm().as_str().to_owned(),
        key: rule.kms_master_key_id().map(str::to_owned),
    })
}

#[expect(deprecated, reason = "rules that others wrote long ago have the old prefix")]
fn expiration(rule: &LifecycleRule) -> Expiration {
    let filter = rule.filter();
    let of_filter = filter.and_then(|filter| filter.prefix());
    let of_all = filter.and_then(|filter| filter.and()).and_then(|and| and.prefix());
    Expiration {
        id: rule.id().unwrap_or_default().to_owned(),
        enabled: rule.status().as_str() != "Disabled",
        prefix: of_filter.or(of_all).or(rule.prefix()).unwrap_or_default().to_owned(),
        days: rule.expiration().and_then(|expiration| expiration.days()),
        date: moment(rule.expiration().and_then(|expiration| expiration.date())),
        noncurrent_days: rule
            .noncurrent_version_expiration()
            .and_then(|expiration| expiration.noncurrent_days()),
    }
}

fn lock_of(rule: Option<&aws_sdk_s3::types::ObjectLockRule>) -> Option<ObjectLockDefault> {
    let retention = rule?.default_retention()?;
    let days =
        retention.days().map(i64::from).or_else(|| retention.years().map(|years| i64::from(years) * 365));
    Some(ObjectLockDefault {
        mode: retention.mode().map(ObjectLockRetentionMode::as_str).map(str::to_owned),
        days: days.unwrap_or_default(),
    })
}

fn replication_of(rule: &aws_sdk_s3::types::ReplicationRule) -> Replication {
    let bucket = rule.destination().map(|destination| destination.bucket()).unwrap_or_default();
    Replication {
        id: rule.id().unwrap_or_default().to_owned(),
        bucket: bucket.rsplit(':').next().unwrap_or(bucket).to_owned(),
    }
}

/// Whom a grant of an ACL lets in, unless it is the owner.
fn stranger(grant: &Grant, owner: &str) -> Option<String> {
    let grantee = grant.grantee()?;
    match (grantee.uri(), grantee.id()) {
        (Some(group), _) => Some(group.to_owned()),
        (None, Some(id)) if id != owner => Some(id.to_owned()),
        _ => None,
    }
}
