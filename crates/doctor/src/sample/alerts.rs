//! The chain from an event to an address, every link of which holds.

use time::macros::datetime;

use crate::case::Case;
use crate::facts::*;
use crate::targets::{AlertTargets, RuleTarget};

pub(super) fn alerts(case: &Case<'_>, targets: &AlertTargets) -> AlertFacts {
    let rule = |rule: &RuleTarget| {
        let arn = case.wanted("aws_cloudwatch_event_target", &rule.part, "arn").unwrap();
        let arn = if arn.starts_with("arn:") { arn } else { targets.topic.clone() };
        let pattern = case.wanted("aws_cloudwatch_event_rule", &rule.part, "event_pattern").unwrap();
        let live = RuleFacts { enabled: true, pattern, targets: Read::Found(vec![arn]) };
        (rule.part.clone(), Read::Found(live))
    };
    let alarm = |(part, _): &(String, String)| {
        let live = AlarmFacts {
            state: "OK".to_owned(),
            reason: "Threshold Crossed".to_owned(),
            since: Some(datetime!(2026-11-28 00:00 UTC)),
            acts: true,
            actions: vec![targets.topic.clone()],
        };
        (part.clone(), Read::Found(live))
    };
    let subscriber =
        |endpoint: &String| Subscriber { endpoint: endpoint.clone(), confirmed: true, filter: Read::Absent };
    let policy = case.wanted("aws_sns_topic_policy", "foundation_alerts", "policy");
    AlertFacts {
        rules: targets.rules.iter().map(rule).collect(),
        topic: Read::Found(TopicFacts {
            policy: policy.unwrap_or_default(),
            key: Some(case.key_arn()),
            other_key: None,
        }),
        subscribers: Read::Found(targets.emails.iter().map(subscriber).collect()),
        alarms: targets.alarms.iter().map(alarm).collect(),
    }
}
