//! `aws_sns_topic_policy`: who may publish to a topic.

use policy::Policy;
use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Schema, aws, computed, identity, policy as policy_argument};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_sns_topic_policy",
    &["foundation_alerts", "cloudtrail"],
    &[
        identity("arn").refers_to("aws_sns_topic", "arn"),
        policy_argument("policy", policy::Kind::Topic),
        computed("id"),
        computed("owner"),
    ],
)
.reads(&["sns:GetTopicAttributes"])
.part_of("aws_sns_topic")
.titled(&[]);

/// A desired topic policy.
#[derive(Clone, Copy, Debug)]
pub struct SnsTopicPolicy<'a> {
    /// The topic's ARN.
    pub arn: &'a str,
    /// The policy.
    pub policy: &'a Policy,
}

impl SnsTopicPolicy<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({ "arn": self.arn, "policy": self.policy.to_json() }))
    }
}
