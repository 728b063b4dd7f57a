//! `aws_s3_bucket_ownership_controls`: ACLs are off, all objects belong to the bucket's owner.

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Power, Schema, argument, aws, computed, identity};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_s3_bucket_ownership_controls",
    &["cloudtrail"],
    &[
        identity("bucket").refers_to("aws_s3_bucket", "bucket"),
        argument("rule").blocks().power(Power::Ownership),
        computed("id"),
    ],
)
.reads(&["s3:GetBucketOwnershipControls"])
.part_of("aws_s3_bucket")
.titled(&[]);

/// Ownership enforced.
#[derive(Clone, Copy, Debug)]
pub struct S3BucketOwnershipControls<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
}

impl S3BucketOwnershipControls<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({ "bucket": self.bucket, "rule": [{ "object_ownership": "BucketOwnerEnforced" }] }))
    }
    /// What names the setting of a bucket and leaves the rest open.
    pub fn identity(bucket: &str) -> Attributes {
        fields(json!({ "bucket": bucket }))
    }
}
