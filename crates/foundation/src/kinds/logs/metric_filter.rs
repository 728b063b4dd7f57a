//! `aws_cloudwatch_log_metric_filter`: which events of a log group count.

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Schema, argument, aws, computed, identity, unrecorded};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_cloudwatch_log_metric_filter",
    &["cis_*", "role_use_*"],
    &[
        identity("name"),
        identity("log_group_name").refers_to("aws_cloudwatch_log_group", "name"),
        argument("pattern"),
        argument("metric_transformation").blocks().for_machines(),
        unrecorded("apply_on_transformed_logs"),
        unrecorded("emit_system_field_dimensions"),
        unrecorded("field_selection_criteria"),
        computed("id"),
    ],
)
.reads(&["logs:DescribeMetricFilters"])
.titled(&["{name}"]);

/// A desired filter that counts what matches.
#[derive(Clone, Copy, Debug)]
pub struct MetricFilter<'a> {
    /// Its name, one of its log group's.
    pub name: &'a str,
    /// The log group's name.
    pub log_group_name: &'a str,
    /// Which events match: at most 1,024 characters.
    pub pattern: &'a str,
    /// The namespace of the metric that counts them.
    pub namespace: &'a str,
    /// The metric's name.
    pub metric: &'a str,
}

impl MetricFilter<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({
            "name": self.name,
            "log_group_name": self.log_group_name,
            "pattern": self.pattern,
            "metric_transformation": [{ "name": self.metric, "namespace": self.namespace, "value": "1" }],
            "apply_on_transformed_logs": null,
            "emit_system_field_dimensions": null,
            "field_selection_criteria": null,
        }))
    }
}
