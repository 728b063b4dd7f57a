//! The trail.

use super::bucket::setting;
use super::draft::{Draft, KEY_ARN, address};
use crate::addresses::{bucket, deployment, key};
use crate::kinds::cloudtrail::trail::CloudTrail;
use crate::settings::DataEvents;

/// Adds the trail, after everything that it needs and everything that protects its logs.
pub(super) fn draft(draft: &mut Draft<'_>) {
    let desired = CloudTrail {
        name: &draft.trail_name(),
        s3_bucket_name: &draft.bucket,
        kms_key_id: KEY_ARN,
        s3_objects: &s3_objects(draft),
        hardened: draft.is_hardened(),
        tags: &draft.tags,
    };
    let mut depends_on = vec![
        deployment(),
        key(),
        bucket(),
        setting("aws_s3_bucket_versioning"),
        setting("aws_s3_bucket_server_side_encryption_configuration"),
    ];
    if draft.is_hardened() {
        depends_on.push(setting("aws_s3_bucket_public_access_block"));
        depends_on.push(setting("aws_s3_bucket_ownership_controls"));
    }
    depends_on.push(setting("aws_s3_bucket_policy"));
    if draft.settings.cloudtrail_object_lock.is_some() {
        depends_on.push(setting("aws_s3_bucket_object_lock_configuration"));
    }
    draft.add(address("aws_cloudtrail", "main"), desired.arguments(), depends_on);
}

/// The object ARNs whose events are recorded: `arn:aws:s3` stands for all buckets, a bucket's ends with `/`.
fn s3_objects(draft: &Draft<'_>) -> Vec<String> {
    let objects = |bucket: &str| draft.s3_arn(&format!("{bucket}/"));
    match &draft.settings.cloudtrail_s3_data_events {
        DataEvents::None => Vec::new(),
        DataEvents::TrailBucket => vec![objects(&draft.bucket)],
        DataEvents::AllBuckets => vec![format!("arn:{}:s3", draft.caller.partition)],
        DataEvents::Buckets(buckets) => buckets.iter().map(|bucket| objects(bucket.as_str())).collect(),
    }
}
