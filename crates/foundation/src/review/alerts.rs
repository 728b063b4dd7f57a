//! Who is not told of what is watched, although the settings say so, and who else is.

use std::collections::BTreeMap;

use terraform::{Address, Attributes, Diagnostic, Value};

use super::Circumstances;
use super::fact::Fact;
use crate::finding::{Finding, FindingKind, Topic};

/// What a fact about a rule, the topic or the log group comes to.
pub(super) fn judge(fact: &Fact, address: &Address, around: &Circumstances<'_>) -> Option<Finding> {
    let foreign = |topic: Topic, object: &str, sentence: String| {
        Finding::new(FindingKind::Foreign, (topic, object), address, sentence)
    };
    match fact {
        Fact::OutOfReach { region, operation, code } => {
            let sentence = untold(region, operation, code);
            Some(foreign(Topic::GlobalEvents, region, sentence).hint(LEAVE_OUT))
        }
        Fact::Subscriber { protocol, endpoint } => {
            let ours = protocol == "email" && around.is_ours(SUBSCRIPTION, "endpoint", endpoint);
            let sentence = format!(
                "`{endpoint}` ({protocol}) hears every alert, which no setting asks for: who touched what, and that somebody watches"
            );
            let finding = foreign(Topic::Subscriber, endpoint, sentence);
            (!ours).then(|| finding.allows(Some(endpoint), ["sns:Subscribe"], around.arn(address)))
        }
        Fact::Target { id, arn } => {
            let rule = around.text(address, "name").unwrap_or_default();
            let sentence =
                format!("the rule `{rule}` sends what it watches to `{arn}` too, which no setting asks for");
            let ours = around.is_ours("aws_cloudwatch_event_target", "target_id", id);
            let finding = foreign(Topic::Target, &format!("{rule}/{id}"), sentence).or(arn);
            (!ours).then(|| finding.allows(Some(arn), ["events:PutEvents"], around.arn(address)))
        }
        Fact::SubscriptionFilter { name, pattern, destination } => {
            let which = match pattern.as_str() {
                "" => "every event of the log group".to_owned(),
                pattern => format!("the events of the log group that match `{pattern}`"),
            };
            let sentence = format!(
                "the subscription filter `{name}` copies {which} to `{destination}`: whoever owns that reads them"
            );
            let finding = foreign(Topic::SubscriptionFilter, name, sentence);
            Some(finding.allows(Some(destination), ["logs:GetLogEvents"], around.arn(address)))
        }
        _ => None,
    }
}

/// The kind of whoever hears the alerts.
const SUBSCRIPTION: &str = "aws_sns_topic_subscription";

/// How the alarms are left out that a region refuses.
const LEAVE_OUT: &str = "monitoring = { …, global_events = false } leaves these alarms out";

/// What it means that the region of IAM's events refuses an operation.
fn untold(region: &str, operation: &str, code: &str) -> String {
    format!(
        "{region}, where IAM's events arrive, refuses underpin ({operation}: {code}), so that nobody is told of changes of \
         the roles; the other alarms stand"
    )
}

/// The warning of an apply to which the region of IAM's events refused the rule that brings them.
pub fn unreached(address: &Address, region: &str, operation: &str, code: &str) -> Diagnostic {
    let detail = format!("{}.", untold(region, operation, code));
    let entry = format!("{}:{region}", Topic::GlobalEvents.name());
    Diagnostic::warning("Nobody is told of changes of the roles", detail)
        .about(address.to_string())
        .hint(format!("accepted = [\"{entry}\"] says that this is known; {LEAVE_OUT}"))
}

/// A warning that names who has not followed the link in AWS's e-mail, and so is told nothing.
pub fn unconfirmed(observed: &BTreeMap<Address, Attributes>) -> Vec<Diagnostic> {
    let pending = observed.iter().filter(|(address, object)| {
        address.resource_type() == SUBSCRIPTION
            && object.get("pending_confirmation").and_then(Value::as_bool) == Some(true)
    });
    let endpoints: Vec<&str> =
        pending.filter_map(|(_, object)| object.get("endpoint").and_then(Value::as_str)).collect();
    if endpoints.is_empty() {
        return Vec::new();
    }
    let (who, has) = match endpoints.as_slice() {
        [one] => ((*one).to_owned(), "has"),
        several => (several.join(", "), "have"),
    };
    let detail = format!(
        "{who} {has} not followed the link in AWS's e-mail, and hears of nothing before. AWS forgets it after three days; \
         the next apply then sends another."
    );
    vec![Diagnostic::warning("An address waits for its confirmation", detail)]
}
