//! What the trail does beside writing into its bucket: a log group with every event, and the role that CloudTrail writes
//! into it with; a topic that is told of every new log file; Insights.
//!
//! What a setting says nothing about is not looked for, and stays as others set it.

use policy::{Policy, Principal, Statement};
use terraform::Address;

use super::draft::{Draft, KEY_ARN, address};
use crate::addresses::{deployment, key};
use crate::kinds::cloudtrail::trail::Deliveries;
use crate::kinds::iam::role::IamRole;
use crate::kinds::iam::role_policy::IamRolePolicy;
use crate::kinds::logs::log_group::LogGroup;
use crate::kinds::sns::topic::SnsTopic;
use crate::kinds::sns::topic_policy::SnsTopicPolicy;
use crate::settings::{Insight, Monitoring};

/// The service that writes and tells.
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// The addresses' last parts.
const TRAIL: &str = "cloudtrail";
const LOGS: &str = "cloudtrail_logs";

/// Adds what the trail delivers to.
pub(super) fn draft(draft: &mut Draft<'_>) {
    let Some(monitoring) = draft.settings.monitoring.clone() else { return };
    if let Some(wanted) = monitoring.cloudwatch_logs {
        draft.when(wanted, |draft| add_log_group(draft, monitoring.log_group_retention_days));
    }
    if let Some(wanted) = monitoring.trail_topic {
        draft.when(wanted, add_topic);
    }
}

/// What the trail is told about it.
pub(super) fn of(draft: &Draft<'_>) -> Deliveries {
    let Some(monitoring) = &draft.settings.monitoring else { return Deliveries::default() };
    let to =
        |asked: Option<bool>, reference: String| asked.map(|on| if on { reference } else { String::new() });
    Deliveries {
        log_group_arn: to(monitoring.cloudwatch_logs, format!("${{aws_cloudwatch_log_group.{TRAIL}.arn}}:*")),
        log_role_arn: to(monitoring.cloudwatch_logs, format!("${{aws_iam_role.{LOGS}.arn}}")),
        topic_name: to(monitoring.trail_topic, format!("${{aws_sns_topic.{TRAIL}.name}}")),
        insights: monitoring.insights.as_ref().map(|all| all.iter().map(|one| Insight::name(*one)).collect()),
    }
}

/// What must be there before the trail is told about it.
pub(super) fn addresses(draft: &Draft<'_>) -> Vec<Address> {
    let mut addresses = Vec::new();
    if draft.settings.has(|monitoring: &Monitoring| monitoring.cloudwatch_logs) {
        addresses.extend([
            address("aws_cloudwatch_log_group", TRAIL),
            address("aws_iam_role", LOGS),
            address("aws_iam_role_policy", LOGS),
        ]);
    }
    if draft.settings.has(|monitoring: &Monitoring| monitoring.trail_topic) {
        addresses.extend([address("aws_sns_topic", TRAIL), address("aws_sns_topic_policy", TRAIL)]);
    }
    addresses
}

/// The log group, encrypted with the key, and the role. Its trust has no condition, because CloudTrail documents none; it may
/// write this account's streams of this trail's region and nothing else (CloudTrail user guide, "Role policy document for
/// CloudTrail to use CloudWatch Logs for monitoring").
fn add_log_group(draft: &mut Draft<'_>, retention_in_days: u32) {
    let name = draft.log_group_name();
    let desired = LogGroup { name: &name, kms_key_id: KEY_ARN, retention_in_days, tags: &draft.tags };
    let group = address("aws_cloudwatch_log_group", TRAIL);
    draft.add(group, desired.arguments(), vec![deployment(), key()]);
    let role_name = draft.log_role();
    let trust = Statement::allow().principals([Principal::service(CLOUDTRAIL)]).actions(["sts:AssumeRole"]);
    let desired = IamRole {
        name: &role_name,
        path: &draft.settings.iam_path,
        description: draft.is_hardened().then_some("Lets CloudTrail write its events into their log group"),
        trust: &Policy::new([trust]),
        permissions_boundary: draft.settings.permissions_boundary_arn.as_ref(),
        exclusive: None,
        tags: &draft.tags,
    };
    let role = address("aws_iam_role", LOGS);
    draft.add(role.clone(), desired.arguments(), vec![deployment()]);
    let account = &draft.caller.account_id;
    let streams = format!("log-group:{name}:log-stream:{account}_CloudTrail_{}*", draft.settings.aws_region);
    let write = Statement::allow()
        .actions(["logs:CreateLogStream", "logs:PutLogEvents"])
        .resources([draft.arn("logs", &streams)]);
    let inline = IamRolePolicy { name: "write-log-group", role: &role_name, policy: &Policy::new([write]) };
    draft.add(address("aws_iam_role_policy", LOGS), inline.arguments(), vec![role]);
}

/// The topic, encrypted with the key, which this trail alone may tell (CloudTrail user guide, "Amazon SNS topic policy for
/// CloudTrail").
fn add_topic(draft: &mut Draft<'_>) {
    let name = draft.trail_name();
    let desired = SnsTopic { name: &name, kms_master_key_id: KEY_ARN, tags: &draft.tags };
    let topic = address("aws_sns_topic", TRAIL);
    draft.add(topic.clone(), desired.arguments(), vec![deployment(), key()]);
    let publish = Statement::allow()
        .sid("AllowCloudTrail")
        .principals([Principal::service(CLOUDTRAIL)])
        .actions(["sns:Publish"])
        .resources([draft.arn("sns", &name)])
        .when("StringEquals", "aws:SourceArn", [draft.trail_arn()]);
    let arn = format!("${{aws_sns_topic.{TRAIL}.arn}}");
    let policy = SnsTopicPolicy { arn: &arn, policy: &Policy::new([publish]) };
    draft.add(address("aws_sns_topic_policy", TRAIL), policy.arguments(), vec![topic]);
}
