//! `aws_s3_bucket_server_side_encryption_configuration`: what encrypts new objects.

use serde_json::json;
use terraform::Attributes;

use super::{argument, aws, computed, fields, identity, kept};
use crate::schema::Schema;

/// As of provider release 5.
pub static SCHEMA: Schema = aws(
    "aws_s3_bucket_server_side_encryption_configuration",
    &[identity("bucket"), argument("rule"), kept("expected_bucket_owner"), computed("id")],
);

/// Encryption with a key of KMS, through a bucket key.
#[derive(Clone, Copy, Debug)]
pub struct S3BucketServerSideEncryptionConfiguration<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
    /// The key's ARN.
    pub kms_master_key_id: &'a str,
}

impl S3BucketServerSideEncryptionConfiguration<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({
            "bucket": self.bucket,
            "expected_bucket_owner": null,
            "rule": [{
                "apply_server_side_encryption_by_default": [{
                    "kms_master_key_id": self.kms_master_key_id,
                    "sse_algorithm": "aws:kms",
                }],
                "bucket_key_enabled": true,
            }],
        }))
    }
}
