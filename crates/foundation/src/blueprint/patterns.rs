//! Which events touch the foundation: event patterns of EventBridge, filtered to our objects in every form in which a
//! request may name them. CloudTrail records requests as they were made, refused ones too, and those are told alike.
//!
//! Actions are told by how their names begin, so that one that AWS adds is told too; events of actions that begin with
//! Get, List and Describe EventBridge does not hand to rules (EventBridge user guide, "Receiving read-only management
//! events"). A pattern may have 2,048 characters (EventBridge quotas).

use serde_json::{Value, json};

use super::draft::{Draft, KEY_ARN};
use super::roles;

/// The rules of the deployment, in whatever region.
const RULES: [&str; 7] = ["trail", "key", "log_bucket", "roles", "alarms", "role_use", "global_events"];

/// A pattern of events that CloudTrail hands to EventBridge: nobody else can put events whose source begins with `aws.`
/// (EventBridge API reference, `PutEvents`).
fn calls(services: Value, detail: Value) -> Value {
    let mut pattern = json!({
        "source": [{"prefix": "aws."}],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventSource": services},
    });
    if let (Some(into), Value::Object(fields)) =
        (pattern.get_mut("detail").and_then(Value::as_object_mut), detail)
    {
        into.extend(fields);
    }
    pattern
}

fn prefixes<'a>(beginnings: impl IntoIterator<Item = &'a str>) -> Value {
    beginnings.into_iter().map(|beginning| json!({"prefix": beginning})).collect()
}

/// Stopped, deleted, changed, told to record less; started again is no harm. Of its log group, where it has one of ours, the
/// same: deleted, kept for less long, encrypted or filtered otherwise, handed on; and the alarms on it.
pub(super) fn trail(draft: &Draft<'_>) -> Value {
    let names = json!([draft.trail_name(), draft.trail_arn()]);
    let mut touches = vec!["Stop", "Delete", "Update", "Put", "Add", "Remove"];
    let mut ours = vec![
        json!({"requestParameters": {"name": names}}),
        json!({"requestParameters": {"trailName": names}}),
        json!({"requestParameters": {"resourceId": [draft.trail_arn()]}}),
        json!({"requestParameters": {"resourceArn": [draft.trail_arn()]}}),
    ];
    let mut services = vec!["cloudtrail.amazonaws.com"];
    if draft.settings.has(|monitoring| monitoring.cloudwatch_logs) {
        services.extend(["logs.amazonaws.com", "monitoring.amazonaws.com"]);
        touches.extend(["Associate", "Disassociate", "Disable", "Tag", "Untag"]);
        ours.extend(log_group(draft));
    }
    calls(json!(services), json!({"eventName": prefixes(touches), "$or": ours}))
}

/// The log group, in the forms in which its calls name it, and the alarms on what is counted in it.
fn log_group(draft: &Draft<'_>) -> [Value; 6] {
    let name = draft.log_group_name();
    let arn = draft.arn("logs", &format!("log-group:{name}"));
    let alarms = |before: &str| {
        let (role_use, cis) = (draft.count_name("role_use"), draft.count_name("cis_"));
        json!([format!("{before}{role_use}"), {"prefix": format!("{before}{cis}")}])
    };
    [
        json!({"requestParameters": {"logGroupName": [name]}}),
        json!({"requestParameters": {"logGroupIdentifier": [name, arn]}}),
        json!({"requestParameters": {"resourceArn": [arn]}}),
        json!({"requestParameters": {"alarmName": alarms("")}}),
        json!({"requestParameters": {"alarmNames": alarms("")}}),
        json!({"requestParameters": {"resourceARN": alarms(&draft.arn("cloudwatch", "alarm:"))}}),
    ]
}

/// Disabled, scheduled for deletion, opened to others, no more rotated, granted by others than services, renamed, or used
/// while it waits for its deletion (KMS developer guide, "Create an alarm that detects use of a KMS key pending deletion").
pub(super) fn key(draft: &Draft<'_>) -> Value {
    let alias = draft.alias_name();
    let forms = json!(["${aws_kms_key.main.key_id}", KEY_ARN, alias, draft.arn("kms", &alias)]);
    let touches = ["Disable", "Schedule", "Cancel", "Put", "Update", "Tag", "Untag", "Delete", "Replicate"];
    calls(
        json!(["kms.amazonaws.com"]),
        json!({
            "$or": [
                {"eventName": prefixes(touches), "requestParameters": {"keyId": forms}},
                {"eventName": ["CreateGrant"], "requestParameters": {"keyId": forms}, "userIdentity": {"invokedBy": [{"exists": false}]}},
                {"eventName": ["CreateAlias", "UpdateAlias"], "requestParameters": {"targetKeyId": forms}},
                {"eventName": ["UpdateAlias", "DeleteAlias"], "requestParameters": {"aliasName": [alias]}},
                {"errorMessage": [format!("{KEY_ARN} is pending deletion.")]},
            ],
        }),
    )
}

/// Any setting of the bucket, the bucket itself, and logs that are deleted or lose their protection.
pub(super) fn log_bucket(draft: &Draft<'_>) -> Value {
    let touches = [
        "PutBucket",
        "DeleteBucket",
        "DeleteObject",
        "PutObjectLock",
        "PutObjectRetention",
        "PutObjectLegalHold",
        "PutObjectAcl",
    ];
    calls(
        json!(["s3.amazonaws.com"]),
        json!({"eventName": prefixes(touches), "requestParameters": {"bucketName": [draft.bucket]}}),
    )
}

/// Policies, boundary, trust, deletion, tags, instance profiles. IAM takes a role by its name only.
pub(super) fn roles(draft: &Draft<'_>) -> Value {
    let touches = ["Put", "Delete", "Attach", "Detach", "Update", "Create", "Tag", "Untag", "Add", "Remove"];
    let mut names = roles::uses(draft).into_iter().map(|role| role.name).collect::<Vec<_>>();
    names.push(draft.forwarding_role());
    if draft.settings.has(|monitoring| monitoring.cloudwatch_logs) {
        names.push(draft.log_role());
    }
    calls(
        json!(["iam.amazonaws.com"]),
        json!({"eventName": prefixes(touches), "requestParameters": {"roleName": names}}),
    )
}

/// The rules, their targets, the topic and its subscribers, among them somebody who wants to hear too.
pub(super) fn alarms(draft: &Draft<'_>, topic: &str) -> Value {
    let rules = RULES.map(|resource| draft.rule_name(resource));
    let touches =
        ["Put", "Delete", "Disable", "Remove", "Set", "Add", "Subscribe", "Unsubscribe", "Tag", "Untag"];
    let mut services = vec!["events.amazonaws.com", "sns.amazonaws.com"];
    let mut ours = vec![
        json!({"requestParameters": {"name": rules}}),
        json!({"requestParameters": {"rule": rules}}),
        json!({"requestParameters": {"topicArn": [topic]}}),
        json!({"requestParameters": {"resourceArn": [topic]}}),
        json!({"requestParameters": {"subscriptionArn": [{"prefix": format!("{topic}:")}]}}),
    ];
    if draft.settings.monitoring.as_ref().is_some_and(|monitoring| monitoring.heartbeat) {
        services.push("monitoring.amazonaws.com");
        let alarm = draft.heartbeat_alarm();
        ours.push(json!({"requestParameters": {"alarmName": [alarm]}}));
        ours.push(json!({"requestParameters": {"alarmNames": [alarm]}}));
        ours.push(json!({"requestParameters": {"resourceARN": [draft.arn("cloudwatch", &format!("alarm:{alarm}"))]}}));
    }
    calls(json!(services), json!({"eventName": prefixes(touches), "$or": ours}))
}

/// Sessions of our roles for anybody but the service that each is for. What a service does for itself names the service
/// (CloudTrail user guide, "invokedBy"); everybody else has none, or another.
pub(super) fn role_use(draft: &Draft<'_>) -> Value {
    let others = |service: &str| json!([{"exists": false}, {"anything-but": [service]}]);
    let uses = roles::uses(draft).into_iter().map(|role| {
        json!({"requestParameters": {"roleArn": [role.arn]}, "userIdentity": {"invokedBy": others(role.service)}})
    });
    calls(
        json!(["sts.amazonaws.com"]),
        json!({
            "eventName": ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"],
            "$or": uses.collect::<Vec<_>>(),
        }),
    )
}
