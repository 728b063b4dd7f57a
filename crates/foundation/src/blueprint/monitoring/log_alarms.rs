//! What is counted in the trail's log group, which sees every region, and alarms on it: whoever else takes our roles, and what
//! the CIS AWS Foundations Benchmark asks for.

use std::collections::BTreeMap;

use terraform::Address;

use super::{ALERTS, cis};
use crate::addresses::deployment;
use crate::blueprint::draft::{Draft, address};
use crate::blueprint::roles;
use crate::heartbeat::NAMESPACE;
use crate::kinds::cloudwatch::metric_alarm::{MetricAlarm, MetricCondition};
use crate::kinds::logs::metric_filter::MetricFilter;
use crate::settings::Monitoring;

/// The address's last part of the alarm on roles, and the beginning of those of its filters.
const ROLE_USE: &str = "role_use";

/// Where alarms tell.
#[derive(Clone, Copy)]
pub(super) struct Topic<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// Whether it is made here.
    pub is_ours: bool,
}

/// Adds the filters and alarms that tell `topic`.
pub(super) fn add(draft: &mut Draft<'_>, monitoring: &Monitoring, topic: Topic<'_>) {
    draft.when(monitoring.has_role_use_alarm(), |draft| add_role_use(draft, topic));
    draft.when(monitoring.cis_alarms, |draft| {
        for control in &cis::CONTROLS {
            let name = draft.count_name(control.resource);
            let filter = add_filter(draft, control.resource, &name, &control.pattern());
            let description = format!(
                "{} (Security Hub {}). The events are in the log group {}.",
                control.what,
                control.id,
                draft.log_group_name()
            );
            add_alarm(draft, control.resource, &description, vec![filter], topic);
        }
    });
}

/// One filter for each role, because a pattern has 1,024 characters at most, and one alarm on what all of them count.
fn add_role_use(draft: &mut Draft<'_>, topic: Topic<'_>) {
    let metric = draft.count_name(ROLE_USE);
    let mut filters = Vec::new();
    for role in roles::uses(draft) {
        let resource = format!("{ROLE_USE}_{}", role.resource);
        let pattern = format!(
            "{{($.eventSource = \"sts.amazonaws.com\") && ($.requestParameters.roleArn = \"{}\") && \
             (($.userIdentity.invokedBy NOT EXISTS) || ($.userIdentity.invokedBy != \"{}\"))}}",
            role.arn, role.service
        );
        filters.push(add_filter(draft, &resource, &metric, &pattern));
    }
    let description = format!(
        "A role was taken by somebody else than the service that it is for, in whatever region. The events are in the log group {}.",
        draft.log_group_name()
    );
    add_alarm(draft, ROLE_USE, &description, filters, topic);
}

/// Counts what matches under the name of a metric.
fn add_filter(draft: &mut Draft<'_>, resource: &str, metric: &str, pattern: &str) -> Address {
    let desired = MetricFilter {
        name: &draft.count_name(resource),
        log_group_name: &draft.log_group_name(),
        pattern,
        namespace: NAMESPACE,
        metric,
    };
    let at = address("aws_cloudwatch_log_metric_filter", resource);
    draft.add(at.clone(), desired.arguments(), vec![address("aws_cloudwatch_log_group", "cloudtrail")]);
    at
}

/// Rings when anything was counted within five minutes; nothing is no alarm.
fn add_alarm(
    draft: &mut Draft<'_>,
    resource: &str,
    description: &str,
    filters: Vec<Address>,
    topic: Topic<'_>,
) {
    let name = draft.count_name(resource);
    let condition = MetricCondition {
        namespace: NAMESPACE,
        metric_name: &name,
        dimensions: BTreeMap::new(),
        statistic: "Sum",
        comparison_operator: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        period: 300,
        evaluation_periods: 1,
        datapoints_to_alarm: 1,
        treat_missing_data: "notBreaching",
    };
    let desired = MetricAlarm {
        name: &name,
        description,
        condition: &condition,
        alarm_actions: &[topic.arn],
        ok_actions: &[],
        tags: &draft.tags,
    };
    let mut depends_on = vec![deployment()];
    depends_on.extend(filters);
    if topic.is_ours {
        depends_on.push(address("aws_sns_topic", ALERTS));
        depends_on.push(address("aws_sns_topic_policy", ALERTS));
    }
    draft.add(address("aws_cloudwatch_metric_alarm", resource), desired.arguments(), depends_on);
}
