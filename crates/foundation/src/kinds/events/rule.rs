//! `aws_cloudwatch_event_rule`: which events are told.

use std::collections::BTreeMap;

use serde_json::json;
use terraform::{Attributes, Value};

use crate::resource::fields;
use crate::schema::{Schema, Usual, argument, aws, computed, fixed, identity, tags_all, unrecorded};

/// As of provider 3.39.0, which knows no region of a resource's own.
pub static SCHEMA: Schema = aws(
    "aws_cloudwatch_event_rule",
    &["trail", "key", "log_bucket", "roles", "alarms", "role_use", "global_events"],
    &[
        identity("name"),
        fixed("event_bus_name").usually(Usual::Text("default")),
        unrecorded("region"),
        argument("description"),
        argument("event_pattern").for_machines(),
        argument("is_enabled").usually(Usual::Bool(true)),
        argument("tags"),
        computed("arn"),
        computed("id"),
        computed("name_prefix").unset(),
        computed("role_arn").unset(),
        computed("schedule_expression").unset(),
        tags_all(),
    ],
)
.reads(&["events:ListRules", "events:ListTagsForResource"]);

/// A desired rule of the default bus.
#[derive(Clone, Copy, Debug)]
pub struct EventRule<'a> {
    /// At most 64 characters.
    pub name: &'a str,
    /// Another region than the deployment's.
    pub region: Option<&'a str>,
    /// What it is for.
    pub description: &'a str,
    /// Which events match.
    pub event_pattern: &'a Value,
    /// All its tags.
    pub tags: &'a BTreeMap<String, String>,
}

impl EventRule<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        let mut arguments = fields(json!({
            "name": self.name,
            "event_bus_name": "default",
            "description": self.description,
            "event_pattern": self.event_pattern.to_string(),
            "is_enabled": true,
            "tags": self.tags,
        }));
        if let Some(region) = self.region {
            arguments.insert("region".to_owned(), region.into());
        }
        arguments
    }
}
