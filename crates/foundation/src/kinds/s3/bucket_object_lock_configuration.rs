//! `aws_s3_bucket_object_lock_configuration`: how long new objects cannot be deleted or overwritten.

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Power, Schema, argument, aws, computed, identity, kept};

/// As of provider release 5.
pub static SCHEMA: Schema = aws(
    "aws_s3_bucket_object_lock_configuration",
    &["cloudtrail"],
    &[
        identity("bucket").refers_to("aws_s3_bucket", "bucket"),
        argument("object_lock_enabled"),
        argument("rule").blocks().power(Power::Retention),
        kept("expected_bucket_owner"),
        computed("id"),
        computed("token").unset(),
    ],
)
.reads(&["s3:GetBucketObjectLockConfiguration"])
.part_of("aws_s3_bucket")
.titled(&[]);

/// Default retention of new log objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectLock {
    /// Whether anybody can lift it.
    pub mode: LockMode,
    /// 1 to 36500.
    pub days: u32,
}

/// Who can lift a retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockMode {
    /// Those with `s3:BypassGovernanceRetention`.
    Governance,
    /// Nobody.
    Compliance,
}

impl LockMode {
    /// As S3 names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Governance => "GOVERNANCE",
            Self::Compliance => "COMPLIANCE",
        }
    }
}

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
