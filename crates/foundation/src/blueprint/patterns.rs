//! Which events touch the foundation: event patterns of EventBridge, filtered to our objects in every form in which a
//! request may name them. CloudTrail records requests as they were made, refused ones too, and those are told alike.
//!
//! Actions are told by how their names begin, so that one that AWS adds is told too; events of actions that begin with
//! Get, List and Describe EventBridge does not hand to rules (EventBridge user guide, "Receiving read-only management
//! events"). A pattern may have 2,048 characters (EventBridge quotas).

use serde_json::{Value, json};

use super::draft::{Draft, KEY_ARN};
use super::roles;
use crate::settings::Monitoring;

/// The rules of the deployment, in whatever region.
const RULES: [&str; 7] = ["trail", "key", "log_bucket", "roles", "alarms", "role_use", "global_events"];

/// A pattern of events that CloudTrail hands to EventBridge.
fn calls(sources: Value, services: Value, detail: Value) -> Value {
    let mut pattern = json!({
        "source": sources,
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

fn prefixes<const N: usize>(beginnings: [&str; N]) -> Value {
    beginnings.map(|beginning| json!({"prefix": beginning})).into_iter().collect()
}

/// Stopped, deleted, changed, told to record less; started again is no harm. Of its log group, where it has one of ours:
/// deleted, kept for less long, encrypted otherwise, filtered otherwise, handed on.
pub(super) fn trail(draft: &Draft<'_>) -> Value {
    let names = json!([draft.trail_name(), draft.trail_arn()]);
    let mut touches = prefixes(["Stop", "Delete", "Update", "Put", "Add", "Remove"]);
    let mut of_trail = vec![
        json!({"requestParameters": {"name": names}}),
        json!({"requestParameters": {"trailName": names}}),
        json!({"requestParameters": {"resourceId": [draft.trail_arn()]}}),
        json!({"requestParameters": {"resourceArn": [draft.trail_arn()]}}),
    ];
    let (mut sources, mut services) = (vec!["aws.cloudtrail"], vec!["cloudtrail.amazonaws.com"]);
    if draft.settings.has(|monitoring| monitoring.cloudwatch_logs) {
        sources.push("aws.logs");
        services.push("logs.amazonaws.com");
        if let (Value::Array(touches), Value::Array(more)) =
            (&mut touches, prefixes(["Associate", "Disassociate"]))
        {
            touches.extend(more);
        }
        let arn = draft.arn("logs", &format!("log-group:{}", draft.log_group_name()));
        of_trail.push(json!({"requestParameters": {"logGroupName": [draft.log_group_name()]}}));
        of_trail.push(json!({"requestParameters": {"logGroupIdentifier": [draft.log_group_name(), arn]}}));
    }
    calls(json!(sources), json!(services), json!({"eventName": touches, "$or": of_trail}))
}

/// Disabled, scheduled for deletion, opened to others, no more rotated, granted by others than services, renamed, or used
/// while it waits for its deletion (KMS developer guide, "Create an alarm that detects use of a KMS key pending deletion").
pub(super) fn key(draft: &Draft<'_>) -> Value {
    let alias = draft.alias_name();
    let forms = json!(["${aws_kms_key.main.key_id}", KEY_ARN, alias, draft.arn("kms", &alias)]);
    let touches = ["Disable", "Schedule", "Cancel", "Put", "Update", "Tag", "Untag", "Delete", "Replicate"];
    calls(
        json!(["aws.kms"]),
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
        json!(["aws.s3"]),
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
        json!(["aws.iam"]),
        json!(["iam.amazonaws.com"]),
        json!({"eventName": prefixes(touches), "requestParameters": {"roleName": names}}),
    )
}

/// The rules, their targets, the topic and its subscribers, among them somebody who wants to hear too.
pub(super) fn alarms(draft: &Draft<'_>, topic: &str) -> Value {
    let rules = RULES.map(|resource| draft.rule_name(resource));
    let touches =
        ["Put", "Delete", "Disable", "Remove", "Set", "Add", "Subscribe", "Unsubscribe", "Tag", "Untag"];
    let (mut sources, mut services) =
        (vec!["aws.events", "aws.sns"], vec!["events.amazonaws.com", "sns.amazonaws.com"]);
    let mut ours = vec![
        json!({"requestParameters": {"name": rules}}),
        json!({"requestParameters": {"rule": rules}}),
        json!({"requestParameters": {"topicArn": [topic]}}),
        json!({"requestParameters": {"resourceArn": [topic]}}),
        json!({"requestParameters": {"subscriptionArn": [{"prefix": format!("{topic}:")}]}}),
    ];
    if draft.settings.monitoring.as_ref().is_some_and(Monitoring::has_alarm) {
        sources.push("aws.monitoring");
        services.push("monitoring.amazonaws.com");
        let alarm = draft.heartbeat_alarm();
        ours.push(json!({"requestParameters": {"alarmName": [alarm]}}));
        ours.push(json!({"requestParameters": {"alarmNames": [alarm]}}));
        ours.push(json!({"requestParameters": {"resourceARN": [draft.arn("cloudwatch", &format!("alarm:{alarm}"))]}}));
    }
    calls(json!(sources), json!(services), json!({"eventName": prefixes(touches), "$or": ours}))
}

/// Sessions of our roles for anybody but the service that each is for. What a service does for itself names the service
/// (CloudTrail user guide, "invokedBy"); everybody else has none, or another.
pub(super) fn role_use(draft: &Draft<'_>) -> Value {
    let others = |service: &str| json!([{"exists": false}, {"anything-but": [service]}]);
    let uses = roles::uses(draft).into_iter().map(|role| {
        json!({"requestParameters": {"roleArn": [role.arn]}, "userIdentity": {"invokedBy": others(role.service)}})
    });
    calls(
        json!(["aws.sts"]),
        json!(["sts.amazonaws.com"]),
        json!({
            "eventName": ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"],
            "$or": uses.collect::<Vec<_>>(),
        }),
    )
}
