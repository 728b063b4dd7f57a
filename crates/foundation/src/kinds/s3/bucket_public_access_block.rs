//! `aws_s3_bucket_public_access_block`: nothing makes the bucket public.

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Power, Schema, argument, aws, computed, identity};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_s3_bucket_public_access_block",
    &["cloudtrail"],
    &[
        identity("bucket").refers_to("aws_s3_bucket", "bucket"),
        argument("block_public_acls").power(Power::PublicAccess),
        argument("block_public_policy").power(Power::PublicAccess),
        argument("ignore_public_acls").power(Power::PublicAccess),
        argument("restrict_public_buckets").power(Power::PublicAccess),
        computed("id"),
    ],
)
.reads(&["s3:GetBucketPublicAccessBlock"])
.part_of("aws_s3_bucket")
.titled(&[]);

/// All four blocks.
#[derive(Clone, Copy, Debug)]
pub struct S3BucketPublicAccessBlock<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
}

impl S3BucketPublicAccessBlock<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({
            "bucket": self.bucket,
            "block_public_acls": true,
            "block_public_policy": true,
            "ignore_public_acls": true,
            "restrict_public_buckets": true,
        }))
    }
    /// What names the setting of a bucket and leaves the rest open.
    pub fn identity(bucket: &str) -> Attributes {
        fields(json!({ "bucket": bucket }))
    }
}
