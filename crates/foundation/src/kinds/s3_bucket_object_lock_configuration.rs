//! `aws_s3_bucket_object_lock_configuration`: how long new objects cannot be deleted or overwritten.

use serde_json::json;
use terraform::Attributes;

use super::{argument, aws, computed, fields, identity, kept};
use crate::schema::Schema;
use crate::settings::ObjectLock;

/// As of provider release 5.
pub static SCHEMA: Schema = aws(
    "aws_s3_bucket_object_lock_configuration",
    &[
        identity("bucket"),
        argument("object_lock_enabled"),
        argument("rule"),
        kept("expected_bucket_owner"),
        computed("id"),
        computed("token"),
    ],
);

/// A desired default retention.
#[derive(Clone, Copy, Debug)]
pub struct S3BucketObjectLockConfiguration<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
    /// Mode and days.
    pub lock: &'a ObjectLock,
}

impl S3BucketObjectLockConfiguration<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({
            "bucket": self.bucket,
            "expected_bucket_owner": null,
            "object_lock_enabled": "Enabled",
            "rule": [{ "default_retention": [{ "mode": self.lock.mode.name(), "days": self.lock.days }] }],
        }))
    }
}
