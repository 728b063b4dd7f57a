//! `aws_s3_bucket_server_side_encryption_configuration`: what encrypts new objects.

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Schema, argument, aws, computed, identity, kept};

/// As of provider release 5.
pub static SCHEMA: Schema = aws(
    "aws_s3_bucket_server_side_encryption_configuration",
    &["cloudtrail"],
    &[
        identity("bucket").refers_to("aws_s3_bucket", "bucket"),
        argument("rule").blocks(),
        kept("expected_bucket_owner"),
        computed("id"),
    ],
)
.reads(&["s3:GetEncryptionConfiguration"])
.part_of("aws_s3_bucket")
.titled(&[]);

/// Encryption with a key of KMS.
#[derive(Clone, Copy, Debug)]
pub struct S3BucketServerSideEncryptionConfiguration<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
    /// The key's ARN.
    pub kms_master_key_id: &'a str,
    /// Whether it goes through a bucket key; `None` leaves it open.
    pub bucket_key_enabled: Option<bool>,
}

impl S3BucketServerSideEncryptionConfiguration<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        let mut rule = json!({
            "apply_server_side_encryption_by_default": [{
                "kms_master_key_id": self.kms_master_key_id,
                "sse_algorithm": "aws:kms",
            }],
        });
        if let (Some(enabled), Some(rule)) = (self.bucket_key_enabled, rule.as_object_mut()) {
            rule.insert("bucket_key_enabled".to_owned(), json!(enabled));
        }
        fields(json!({ "bucket": self.bucket, "expected_bucket_owner": null, "rule": [rule] }))
    }
}
