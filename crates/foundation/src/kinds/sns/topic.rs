//! `aws_sns_topic`: what tells people.

use std::collections::BTreeMap;

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Schema, argument, aws, computed, identity, tags_all};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_sns_topic",
    &["foundation_alerts", "cloudtrail"],
    &[
        identity("name"),
        argument("kms_master_key_id").refers_to("aws_kms_key", "arn"),
        argument("display_name"),
        argument("tags"),
        computed("application_failure_feedback_role_arn").unset(),
        computed("application_success_feedback_role_arn").unset(),
        computed("application_success_feedback_sample_rate").unset(),
        computed("arn"),
        computed("content_based_deduplication").unset(),
        computed("delivery_policy").unset(),
        computed("fifo_topic").unset(),
        computed("http_failure_feedback_role_arn").unset(),
        computed("http_success_feedback_role_arn").unset(),
        computed("http_success_feedback_sample_rate").unset(),
        computed("id"),
        computed("lambda_failure_feedback_role_arn").unset(),
        computed("lambda_success_feedback_role_arn").unset(),
        computed("lambda_success_feedback_sample_rate").unset(),
        computed("name_prefix").unset(),
        computed("policy"),
        computed("sqs_failure_feedback_role_arn").unset(),
        computed("sqs_success_feedback_role_arn").unset(),
        computed("sqs_success_feedback_sample_rate").unset(),
        tags_all(),
    ],
)
.reads(&["sns:GetTopicAttributes", "sns:ListTagsForResource"]);

/// A desired topic.
#[derive(Clone, Copy, Debug)]
pub struct SnsTopic<'a> {
    /// At most 256 characters.
    pub name: &'a str,
    /// The key that encrypts what waits for its delivery.
    pub kms_master_key_id: &'a str,
    /// All its tags.
    pub tags: &'a BTreeMap<String, String>,
}

impl SnsTopic<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({
            "name": self.name,
            "kms_master_key_id": self.kms_master_key_id,
            "display_name": null,
            "tags": self.tags,
        }))
    }
}
