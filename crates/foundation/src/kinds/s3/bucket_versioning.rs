//! `aws_s3_bucket_versioning`: old versions of objects are kept.

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Power, Schema, argument, aws, computed, identity, kept};

/// As of provider release 5.
pub static SCHEMA: Schema = aws(
    "aws_s3_bucket_versioning",
    &["cloudtrail"],
    &[
        identity("bucket").refers_to("aws_s3_bucket", "bucket"),
        argument("versioning_configuration").blocks().power(Power::Versions),
        kept("expected_bucket_owner"),
        computed("id"),
        computed("mfa").unset(),
    ],
)
.reads(&["s3:GetBucketVersioning"])
.part_of("aws_s3_bucket")
.titled(&[]);

/// Versioning, switched on.
#[derive(Clone, Copy, Debug)]
pub struct S3BucketVersioning<'a> {
    /// The bucket's name.
    pub bucket: &'a str,
}

impl S3BucketVersioning<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({
            "bucket": self.bucket,
            "expected_bucket_owner": null,
            "versioning_configuration": [{ "status": "Enabled" }],
        }))
    }
}
