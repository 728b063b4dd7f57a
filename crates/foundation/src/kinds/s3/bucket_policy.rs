//! `aws_s3_bucket_policy`: who may do what with a bucket.

use policy::{Kind, Policy};
use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Schema, aws, computed, identity, policy as policy_argument};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_s3_bucket_policy",
    &["cloudtrail"],
    &[
        identity("bucket").refers_to("aws_s3_bucket", "bucket"),
        policy_argument("policy", Kind::Bucket),
        computed("id"),
    ],
)
.reads(&["s3:GetBucketPolicy"])
.part_of("aws_s3_bucket")
.titled(&[]);

/// A desired bucket policy.
#[derive(Clone, Copy, Debug)]
pub struct S3BucketPolicy<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
    /// The policy.
    pub policy: &'a Policy,
}

impl S3BucketPolicy<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({ "bucket": self.bucket, "policy": self.policy.to_json() }))
    }
}
