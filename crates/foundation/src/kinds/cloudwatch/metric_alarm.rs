//! `aws_cloudwatch_metric_alarm`: tells when a metric says so, or says nothing.

use std::collections::BTreeMap;

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{
    Compare, Form, Role, Schema, Usual, argument, attribute, aws, computed, identity, tags_all, unrecorded,
};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_cloudwatch_metric_alarm",
    &["cloudtrail_logging_disabled", "role_use", "cis_*"],
    &[
        identity("alarm_name"),
        argument("alarm_description"),
        argument("actions_enabled").usually(Usual::Bool(true)),
        attribute("alarm_actions", Role::Argument, Compare::Set),
        attribute("ok_actions", Role::Argument, Compare::Set),
        attribute("insufficient_data_actions", Role::Argument, Compare::Set),
        argument("namespace").for_machines(),
        argument("metric_name").for_machines(),
        argument("dimensions").form(Form::Map).for_machines(),
        argument("statistic").for_machines(),
        argument("period").for_machines(),
        argument("evaluation_periods").for_machines(),
        argument("datapoints_to_alarm").for_machines(),
        argument("comparison_operator").for_machines(),
        argument("threshold").for_machines(),
        argument("treat_missing_data").for_machines(),
        argument("unit"),
        unrecorded("evaluation_window"),
        unrecorded("warm_up"),
        argument("tags"),
        computed("arn"),
        computed("evaluate_low_sample_count_percentiles"),
        computed("extended_statistic").unset(),
        computed("id"),
        computed("metric_query").blocks(),
        computed("threshold_metric_id").unset(),
        tags_all(),
    ],
)
.reads(&["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"])
.version(1)
.titled(&["{alarm_name}"]);

/// A desired alarm on one metric.
#[derive(Clone, Copy, Debug)]
pub struct MetricAlarm<'a> {
    /// At most 255 characters.
    pub name: &'a str,
    /// What it tells.
    pub description: &'a str,
    /// What it watches, and when that is alarming.
    pub condition: &'a MetricCondition<'a>,
    /// The ARNs of the topics that are told.
    pub alarm_actions: &'a [&'a str],
    /// The ARNs of the topics that are told when it is over.
    pub ok_actions: &'a [&'a str],
    /// All its tags.
    pub tags: &'a BTreeMap<String, String>,
}

/// When a metric is alarming (`PutMetricAlarm`).
#[derive(Clone, Debug)]
pub struct MetricCondition<'a> {
    /// The metric's namespace.
    pub namespace: &'a str,
    /// The metric's name.
    pub metric_name: &'a str,
    /// The metric's dimensions: an alarm watches the metric with exactly these.
    pub dimensions: BTreeMap<&'a str, &'a str>,
    /// `Sum`, `Average`, `Minimum`, `Maximum` or `SampleCount`.
    pub statistic: &'a str,
    /// `LessThanThreshold`, `GreaterThanOrEqualToThreshold`, …
    pub comparison_operator: &'a str,
    /// What it is compared with.
    pub threshold: u32,
    /// The seconds of one datapoint.
    pub period: u32,
    /// How many datapoints are looked at.
    pub evaluation_periods: u32,
    /// How many of them have to be alarming.
    pub datapoints_to_alarm: u32,
    /// What a missing datapoint means: `breaching`, `notBreaching`, `ignore` or `missing`.
    pub treat_missing_data: &'a str,
}

impl MetricAlarm<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        let condition = self.condition;
        fields(json!({
            "alarm_name": self.name,
            "alarm_description": self.description,
            "actions_enabled": true,
            "alarm_actions": self.alarm_actions,
            "ok_actions": self.ok_actions,
            "insufficient_data_actions": null,
            "namespace": condition.namespace,
            "metric_name": condition.metric_name,
            "dimensions": condition.dimensions,
            "statistic": condition.statistic,
            "comparison_operator": condition.comparison_operator,
            "threshold": condition.threshold,
            "period": condition.period,
            "evaluation_periods": condition.evaluation_periods,
            "datapoints_to_alarm": condition.datapoints_to_alarm,
            "treat_missing_data": condition.treat_missing_data,
            "unit": null,
            "evaluation_window": null,
            "warm_up": null,
            "tags": self.tags,
        }))
    }
}
