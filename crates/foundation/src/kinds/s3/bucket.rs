//! `aws_s3_bucket`: the bucket alone; its settings are kinds of their own.

use std::collections::BTreeMap;

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{
    FoundBy, Lead, Removal, Schema, Usual, argument, aws, computed, identity, kept, tags_all, unrecorded,
};

/// The attribute that lists what weakens the bucket.
pub const WEAKENED_BY: &str = "weakened_by";

/// As of provider 3.39.0, whose inline settings are left to the kinds that later releases have for them, and which
/// knows `object_lock_enabled` only within `object_lock_configuration`. `weakened_by` is ours: the findings about the bucket
/// that apply repairs, by kind and name.
pub static SCHEMA: Schema = aws(
    "aws_s3_bucket",
    &["cloudtrail"],
    &[
        identity("bucket"),
        argument("tags"),
        kept("acl").usually(Usual::Text("private")),
        kept("force_destroy").usually(Usual::Bool(false)),
        unrecorded("object_lock_enabled"),
        unrecorded(WEAKENED_BY),
        computed("acceleration_status"),
        computed("arn"),
        computed("bucket_domain_name"),
        computed("bucket_prefix").unset(),
        computed("bucket_regional_domain_name"),
        computed("cors_rule").blocks().elsewhere(),
        computed("grant").blocks().elsewhere(),
        computed("hosted_zone_id"),
        computed("id"),
        computed("lifecycle_rule").blocks().elsewhere(),
        computed("logging").blocks().elsewhere(),
        computed("object_lock_configuration").blocks().elsewhere(),
        computed("policy").unset(),
        computed("region"),
        computed("replication_configuration").blocks().elsewhere(),
        computed("request_payer"),
        computed("server_side_encryption_configuration").blocks().elsewhere(),
        tags_all(),
        computed("versioning").blocks(),
        computed("website").blocks().elsewhere(),
        computed("website_domain"),
        computed("website_endpoint"),
    ],
)
.reads(&["s3:GetBucketTagging"])
.titled(&["{bucket}"])
.removal(Removal::Retained {
    because: "the audit logs, which underpin never deletes; S3 storage, about 0.023 USD per GB and month (us-east-1)",
})
.found_by(FoundBy::Leads {
    names: &["bucket", "id"],
    leads: &[
        Lead::Named {
            by: "aws_cloudtrail",
            attribute: "s3_bucket_name",
            says: "the trail {} delivers into it",
        },
        Lead::Likeness {
            policy: "policy",
            of: "aws_cloudtrail",
            arn: "trail/",
            says: "its policy lets our trail write",
        },
    ],
});

/// A desired bucket.
#[derive(Clone, Copy, Debug)]
pub struct S3Bucket<'a> {
    /// Its name.
    pub bucket: &'a str,
    /// Whether it is to be made with Object Lock.
    pub object_lock_enabled: bool,
    /// All its tags.
    pub tags: &'a BTreeMap<String, String>,
}

impl S3Bucket<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        let mut arguments = fields(json!({
            "bucket": self.bucket,
            "acl": "private",
            "force_destroy": false,
            "tags": self.tags,
        }));
        if self.object_lock_enabled {
            arguments.insert("object_lock_enabled".to_owned(), json!(true));
        }
        arguments
    }
}
