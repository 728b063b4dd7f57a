//! `aws_cloudwatch_event_target`: where a rule sends an event, and in which words.

use serde_json::json;
use terraform::{Attributes, Value};

use crate::resource::fields;
use crate::schema::{Schema, Usual, argument, aws, computed, fixed, identity, unrecorded};

/// As of provider 3.39.0, which knows no region of a resource's own.
pub static SCHEMA: Schema = aws(
    "aws_cloudwatch_event_target",
    &["trail", "key", "log_bucket", "roles", "alarms", "role_use", "global_events"],
    &[
        identity("rule").refers_to("aws_cloudwatch_event_rule", "name"),
        identity("target_id"),
        fixed("event_bus_name").usually(Usual::Text("default")),
        unrecorded("region"),
        argument("arn"),
        argument("role_arn"),
        argument("input"),
        argument("input_path"),
        argument("input_transformer").blocks().for_machines(),
        argument("retry_policy").blocks(),
        argument("dead_letter_config").blocks(),
        computed("batch_target").blocks(),
        computed("ecs_target").blocks(),
        computed("id"),
        computed("kinesis_target").blocks(),
        computed("run_command_targets").blocks(),
        computed("sqs_target").blocks(),
    ],
)
.reads(&["events:ListTargetsByRule"])
.version(1)
.part_of("aws_cloudwatch_event_rule")
.titled(&["{target_id} of {rule}"]);

/// A desired target.
#[derive(Clone, Copy, Debug)]
pub struct EventTarget<'a> {
    /// The rule's name.
    pub rule: &'a str,
    /// Its id within the rule.
    pub target_id: &'a str,
    /// Another region than the deployment's.
    pub region: Option<&'a str>,
    /// A topic or a bus.
    pub arn: &'a str,
    /// The role that EventBridge takes for a bus.
    pub role_arn: Option<&'a str>,
    /// The words in place of the event.
    pub message: Option<&'a Message>,
}

/// The words of a target: a template, and what stands in it for which part of an event.
#[derive(Clone, Debug)]
pub struct Message {
    /// JSON paths by name.
    pub paths: Value,
    /// Lines in quotes, with names in angle brackets.
    pub template: String,
}

impl EventTarget<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        let words =
            |message: &Message| json!({"input_paths": message.paths, "input_template": message.template});
        let mut arguments = fields(json!({
            "rule": self.rule,
            "target_id": self.target_id,
            "event_bus_name": "default",
            "arn": self.arn,
            "role_arn": self.role_arn,
            "input": null,
            "input_path": null,
            "retry_policy": null,
            "dead_letter_config": null,
            "input_transformer": self.message.map(words).into_iter().collect::<Vec<_>>(),
        }));
        if let Some(region) = self.region {
            arguments.insert("region".to_owned(), region.into());
        }
        arguments
    }
}
