//! `aws_s3_bucket_lifecycle_configuration`: when objects expire.

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Power, Schema, argument, aws, computed, identity, kept};

/// As of provider release 5.
pub static SCHEMA: Schema = aws(
    "aws_s3_bucket_lifecycle_configuration",
    &["cloudtrail"],
    &[
        identity("bucket").refers_to("aws_s3_bucket", "bucket"),
        argument("rule").blocks().power(Power::Expiry),
        kept("expected_bucket_owner"),
        computed("id"),
    ],
)
.reads(&["s3:GetLifecycleConfiguration"])
.part_of("aws_s3_bucket")
.titled(&[]);

/// The name of our rule.
pub const RULE_ID: &str = "expire-logs";

/// Expiry of everything after some days, of old versions after as many again, and of uploads that were never finished.
#[derive(Clone, Copy, Debug)]
pub struct S3BucketLifecycleConfiguration<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
    /// At least 1.
    pub days: u32,
}

impl S3BucketLifecycleConfiguration<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({
            "bucket": self.bucket,
            "expected_bucket_owner": null,
            "rule": [{
                "id": RULE_ID,
                "status": "Enabled",
                "filter": [{ "prefix": "" }],
                "expiration": [{ "days": self.days }],
                "noncurrent_version_expiration": [{ "noncurrent_days": self.days }],
                "abort_incomplete_multipart_upload": [{ "days_after_initiation": 7 }],
            }],
        }))
    }
}
