//! `aws_sns_topic_subscription`: whom a topic tells.

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Schema, Usual, argument, aws, computed, identity, kept};

/// As of provider 3.39.0. There is one for each address, named after it ([`resource_name`]).
pub static SCHEMA: Schema = aws(
    "aws_sns_topic_subscription",
    &["foundation_alerts_*"],
    &[
        identity("topic_arn").refers_to("aws_sns_topic", "arn"),
        identity("protocol"),
        identity("endpoint"),
        argument("filter_policy"),
        kept("confirmation_timeout_in_minutes").usually(Usual::Number(1)),
        kept("endpoint_auto_confirms").usually(Usual::Bool(false)),
        computed("arn"),
        computed("confirmation_was_authenticated"),
        computed("delivery_policy").unset(),
        computed("id"),
        computed("owner_id"),
        computed("pending_confirmation"),
        computed("raw_message_delivery"),
        computed("redrive_policy").unset(),
        computed("subscription_role_arn").unset(),
    ],
)
.reads(&["sns:GetSubscriptionAttributes"])
.part_of("aws_sns_topic")
.titled(&["{endpoint}"])
.making("AWS sends an e-mail; nothing is told before the link in it is followed");

/// A desired e-mail subscription.
#[derive(Clone, Copy, Debug)]
pub struct SnsTopicSubscription<'a> {
    /// The topic's ARN.
    pub topic_arn: &'a str,
    /// The e-mail address.
    pub email: &'a str,
}

impl SnsTopicSubscription<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({
            "topic_arn": self.topic_arn,
            "protocol": "email",
            "endpoint": self.email,
            "filter_policy": null,
            "confirmation_timeout_in_minutes": 1,
            "endpoint_auto_confirms": false,
        }))
    }
}

/// The name of the resource for an address: another for every other address, and one that Terraform takes.
pub fn resource_name(email: &str) -> String {
    let escaped = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("_{byte:02X}"),
    };
    format!("foundation_alerts_{}", email.bytes().map(escaped).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_has_a_name_of_its_own() {
        assert_eq!(resource_name("ops@example.com"), "foundation_alerts_ops_40example_2Ecom");
        assert_ne!(resource_name("a_b@c.de"), resource_name("a.b@c.de"));
    }
}
