//! `aws_s3_bucket_logging`: where a bucket's access logs go.

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Schema, argument, aws, computed, identity, kept};

/// As of provider release 5.
pub static SCHEMA: Schema = aws(
    "aws_s3_bucket_logging",
    &["cloudtrail"],
    &[
        identity("bucket").refers_to("aws_s3_bucket", "bucket"),
        argument("target_bucket"),
        argument("target_prefix"),
        kept("expected_bucket_owner"),
        computed("id"),
        computed("target_grant").blocks().unset(),
        computed("target_object_key_format").blocks().unset(),
    ],
)
.reads(&["s3:GetBucketLogging"])
.part_of("aws_s3_bucket")
.titled(&[]);

/// Desired access logging.
#[derive(Clone, Copy, Debug)]
pub struct S3BucketLogging<'a> {
    /// The bucket whose accesses are logged.
    pub bucket: &'a str,
    /// The bucket that receives the logs.
    pub target_bucket: &'a str,
    /// How their keys begin.
    pub target_prefix: &'a str,
}

impl S3BucketLogging<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({
            "bucket": self.bucket,
            "expected_bucket_owner": null,
            "target_bucket": self.target_bucket,
            "target_prefix": self.target_prefix,
        }))
    }
}
