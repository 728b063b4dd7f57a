//! The alarm that waits for what `underpin trail heartbeat` publishes: CloudTrail has no metric that says whether a trail
//! records, so one is made, and silence is alarming.

use std::collections::BTreeMap;

use super::ALERTS;
use crate::addresses::deployment;
use crate::blueprint::draft::{Draft, address};
use crate::heartbeat::{IS_LOGGING, NAMESPACE, TRAIL};
use crate::kinds::cloudwatch::metric_alarm::{MetricAlarm, MetricCondition};

/// Adds the alarm that tells `topic`, which is ours or the user's `own`.
pub(super) fn add(draft: &mut Draft<'_>, topic: &str, is_ours: bool) {
    let (name, trail) = (draft.heartbeat_alarm(), draft.trail_name());
    let condition = MetricCondition {
        namespace: NAMESPACE,
        metric_name: IS_LOGGING,
        dimensions: BTreeMap::from([(TRAIL, trail.as_str())]),
        statistic: "Minimum",
        comparison_operator: "LessThanThreshold",
        threshold: 1,
        period: 900,
        evaluation_periods: 3,
        datapoints_to_alarm: 2,
        treat_missing_data: "breaching",
    };
    let description = format!(
        "The trail {trail} does not record, or nobody has looked for half an hour: underpin trail status shows which."
    );
    let desired = MetricAlarm {
        name: &name,
        description: &description,
        condition: &condition,
        alarm_actions: &[topic],
        ok_actions: &[topic],
        tags: &draft.tags,
    };
    let mut depends_on = vec![deployment(), address("aws_cloudtrail", "main")];
    if is_ours {
        depends_on.push(address("aws_sns_topic", ALERTS));
        depends_on.push(address("aws_sns_topic_policy", ALERTS));
    }
    let at = address("aws_cloudwatch_metric_alarm", "cloudtrail_logging_disabled");
    draft.add(at, desired.arguments(), depends_on);
}
