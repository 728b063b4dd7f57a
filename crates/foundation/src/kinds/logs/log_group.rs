//! `aws_cloudwatch_log_group`: audit events for as long as they are kept.

use std::collections::BTreeMap;

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Removal, Schema, argument, aws, computed, identity, tags_all};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_cloudwatch_log_group",
    &["cloudtrail"],
    &[
        identity("name"),
        argument("kms_key_id").refers_to("aws_kms_key", "arn"),
        argument("retention_in_days").changing(RETAINING),
        argument("tags"),
        computed("arn"),
        computed("id"),
        computed("name_prefix").unset(),
        tags_all(),
    ],
)
.reads(&["logs:DescribeLogGroups", "logs:ListTagsForResource"])
.removal(Removal::Retained {
    because: "it holds audit events, which expire by its retention; about 0.03 USD a GB and month",
});

/// What another retention does to what is there.
const RETAINING: &str = "CloudWatch Logs deletes events that are older than the retention";

/// A desired log group.
#[derive(Clone, Copy, Debug)]
pub struct LogGroup<'a> {
    /// At most 512 characters.
    pub name: &'a str,
    /// The key that encrypts the events.
    pub kms_key_id: &'a str,
    /// Days until an event expires: one of AWS's values.
    pub retention_in_days: u32,
    /// All its tags.
    pub tags: &'a BTreeMap<String, String>,
}

impl LogGroup<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({
            "name": self.name,
            "kms_key_id": self.kms_key_id,
            "retention_in_days": self.retention_in_days,
            "tags": self.tags,
        }))
    }
}
