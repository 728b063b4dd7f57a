//! `aws_s3_bucket`: the bucket alone; its settings are kinds of their own.

use std::collections::BTreeMap;

use serde_json::json;
use terraform::Attributes;

use crate::arguments::fields;
use crate::schema::{Schema, argument, aws, computed, identity, kept, unrecorded};

/// As of provider 3.39.0, whose inline settings are left to the kinds that later releases have for them, and which
/// knows `object_lock_enabled` only within `object_lock_configuration`.
pub static SCHEMA: Schema = aws(
    "aws_s3_bucket",
    &[
        identity("bucket"),
        argument("tags"),
        kept("acl"),
        kept("force_destroy"),
        unrecorded("object_lock_enabled"),
        computed("acceleration_status"),
        computed("arn"),
        computed("bucket_domain_name"),
        computed("bucket_prefix"),
        computed("bucket_regional_domain_name"),
        computed("cors_rule"),
        computed("grant"),
        computed("hosted_zone_id"),
        computed("id"),
        computed("lifecycle_rule"),
        computed("logging"),
        computed("object_lock_configuration"),
        computed("policy"),
        computed("region"),
        computed("replication_configuration"),
        computed("request_payer"),
        computed("server_side_encryption_configuration"),
        computed("tags_all"),
        computed("versioning"),
        computed("website"),
        computed("website_domain"),
        computed("website_endpoint"),
    ],
);

/// A desired bucket.
#[derive(Clone, Copy, Debug)]
pub struct S3Bucket<'a> {
    /// Its name.
    pub bucket: &'a str,
    /// Whether it is to be made with Object Lock.
    pub object_lock_enabled: bool,
    /// All its tags.
    pub tags: &'a BTreeMap<String, String>,
}

impl S3Bucket<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        let mut arguments = fields(json!({
            "bucket": self.bucket,
            "acl": "private",
            "force_destroy": false,
            "tags": self.tags,
        }));
        if self.object_lock_enabled {
            arguments.insert("object_lock_enabled".to_owned(), json!(true));
        }
        arguments
    }
}
