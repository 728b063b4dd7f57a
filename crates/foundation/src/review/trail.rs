//! What the trail records for others, and what it cannot deliver.

use super::Circumstances;
use super::fact::{Delivered, Delivery, Fact};
use crate::finding::{Finding, FindingKind, Topic};
use crate::kinds::cloudtrail::selectors::Arrangement;
use crate::resource::Resource;
use terraform::{Address, Attributes, Value};

/// What a fact about the trail comes to.
pub(super) fn judge(fact: &Fact, address: &Address, around: &Circumstances<'_>) -> Option<Finding> {
    match fact {
        Fact::Insights(kind) if is_ours(kind, address, around) => None,
        Fact::Insights(kind) => {
            let sentence = format!(
                "the trail makes Insights of type {kind}, which cost by the event and which no setting asks for"
            );
            Some(Finding::new(FindingKind::Foreign, (Topic::Insights, kind), address, sentence))
        }
        Fact::Delivery(delivery) => Some(ill(delivery, address)),
        _ => None,
    }
}

/// Whether a setting decides about Insights, or the record says that they are ours.
fn is_ours(kind: &str, address: &Address, around: &Circumstances<'_>) -> bool {
    const INSIGHTS: &str = "insight_selector";
    let asked = around.blueprint.resource(address).and_then(|trail| trail.arguments.get(INSIGHTS));
    let recorded = around.reviewed.recorded.get(address).and_then(|recorded| recorded.get(INSIGHTS));
    let mut recorded = recorded.and_then(Value::as_array).into_iter().flatten();
    asked.is_some_and(Value::is_array)
        || recorded.any(|one| one.get("insight_type").and_then(Value::as_str) == Some(kind))
}

/// What of the trail's own attributes no setting asks for.
pub(super) fn of(trail: &Resource, observed: &Attributes, around: &Circumstances<'_>) -> Vec<Finding> {
    let address = &trail.address;
    let unasked = |attribute: &str| {
        let present = observed.get(attribute).and_then(Value::as_str).filter(|text| !text.is_empty())?;
        let desired = trail.arguments.get(attribute).and_then(Value::as_str);
        let recorded = around.recorded(address, attribute).filter(|text| !text.is_empty());
        (desired.is_none() && recorded != Some(present)).then_some(present)
    };
    let log_group = unasked("cloud_watch_logs_group_arn").map(|group| {
        let group = group.strip_suffix(":*").unwrap_or(group);
        let sentence =
            format!("the trail also writes every event into the log group `{group}`, which no setting names");
        let name = group.rsplit(":log-group:").next().unwrap_or(group).to_owned();
        let actions = ["logs:GetLogEvents", "logs:FilterLogEvents", "logs:StartQuery"];
        Finding::new(FindingKind::Foreign, (Topic::LogGroup, name), address, sentence)
            .or(group)
            .allows(None, actions, group)
    });
    let topic = unasked("sns_topic_name").map(|topic| {
        let sentence =
            format!("the trail tells the topic `{topic}` of every new log file, which no setting asks for");
        Finding::new(FindingKind::Foreign, (Topic::Topic, topic), address, sentence).allows(
            None,
            ["sns:Subscribe"],
            topic,
        )
    });
    let known = around.reviewed.recorded.get(address).and_then(|recorded| recorded.get("event_selector"));
    let others = Arrangement::of(&trail.arguments, known, observed).others.into_iter().map(|other| {
        Finding::new(FindingKind::Foreign, (Topic::Selector, other.name), address, other.sentence)
    });
    log_group.into_iter().chain(topic).chain(others).collect()
}

/// A failure that apply cannot mend, with its likely cause.
fn ill(delivery: &Delivery, address: &Address) -> Finding {
    let (name, what) = match delivery.what {
        Delivered::Logs => ("logs", "log files into the bucket"),
        Delivered::Digests => ("digests", "digest files into the bucket, which prove the logs"),
        Delivered::LogGroup => ("log_group", "events into the log group"),
        Delivered::Topic => ("topic", "notifications to the topic"),
    };
    let when = delivery.when.as_ref().map(|when| format!(" ({when})")).unwrap_or_default();
    let sentence = format!(
        "CloudTrail cannot deliver {what}: {}{when}; likely because {}",
        delivery.error,
        cause(delivery.what, &delivery.error)
    );
    Finding::new(FindingKind::Ill, (Topic::Delivery, format!("{name}/{}", delivery.error)), address, sentence)
}

/// The likely cause of an error, by its code (CloudTrail API reference, `GetTrailStatus`; S3 and KMS error codes).
fn cause(what: Delivered, error: &str) -> &'static str {
    let is = |parts: &[&str]| parts.iter().any(|part| error.contains(part));
    if is(&["KMS.Disabled", "KMSDisabled", "KMS.KMSInvalidState", "KMS.InvalidState"]) {
        "the key is disabled or waits for its deletion"
    } else if is(&["KMS.NotFound", "KMSNotFound"]) {
        "the key is gone, or the trail names another"
    } else if is(&["KMS.", "kms", "Kms"]) {
        "the key's policy does not let CloudTrail encrypt with it"
    } else if is(&["NoSuchBucket", "NotFound"]) && matches!(what, Delivered::Logs | Delivered::Digests) {
        "the bucket is gone, or the trail names another"
    } else if is(&["AccessDenied", "AuthorizationError", "Forbidden"]) {
        match what {
            Delivered::Logs | Delivered::Digests => {
                "the bucket's policy, or a policy of the organization, keeps CloudTrail from writing"
            }
            Delivered::LogGroup => "the role that CloudTrail assumes may not write into the log group",
            Delivered::Topic => "the topic's policy does not let CloudTrail publish",
        }
    } else if is(&["NotFound", "ResourceNotFound", "EndpointDisabled"]) {
        "what it delivers to is gone"
    } else {
        "of what AWS's word says: underpin knows no more about it"
    }
}
