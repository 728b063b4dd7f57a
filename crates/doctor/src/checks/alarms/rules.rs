//! The rules of EventBridge and where they send what they match.

use serde_json::Value;

use crate::case::Case;
use crate::check::Check;
use crate::facts::{AlertFacts, Read, RuleFacts};
use crate::targets::{AlertTargets, RuleTarget};

/// What nobody is told of without a rule.
fn told(part: &str) -> &'static str {
    match part {
        "trail" => "changes of the trail",
        "key" => "changes of the key",
        "log_bucket" => "changes of the log bucket",
        "roles" => "changes of the roles",
        "alarms" => "changes of the alarms themselves",
        "role_use" => "who takes a role",
        "global_events" => "changes of the roles, which IAM records in another region",
        _ => "what it is for",
    }
}

pub(super) fn checks(case: &Case<'_>, facts: &AlertFacts, targets: &AlertTargets) -> Vec<Check> {
    let of = |target: &RuleTarget| {
        let Some(read) = facts.rules.get(&target.part) else { return Vec::new() };
        rule(case, target, read, &targets.topic)
    };
    targets.rules.iter().flat_map(of).collect()
}

fn rule(case: &Case<'_>, target: &RuleTarget, read: &Read<RuleFacts>, topic: &str) -> Vec<Check> {
    let RuleTarget { part, name, region } = target;
    let id = format!("alarms.rule/{part}");
    let failed = |cause: String| {
        Check::fail(id.clone(), format!("Nobody is told of {}", told(part))).cause(cause).remedy(case.apply())
    };
    let rule = match read {
        Read::Refused(_) if case.asks.accepted.has(&[foundation::Topic::GlobalEvents], &[region]) => {
            let title = format!("Nobody is told of {}, as the settings accept", told(part));
            return vec![Check::pass(id, title)];
        }
        Read::Refused(refusal) => {
            return vec![Check::unknown(id, refusal, &format!("whether anybody is told of {}", told(part)))];
        }
        Read::Absent => {
            return vec![failed(format!("there is no rule {name} in {region}"))];
        }
        Read::Found(rule) => rule,
    };
    let verdict = if !rule.enabled {
        failed(format!("the rule {name} is disabled"))
    } else if matches_otherwise(case, part, &rule.pattern) {
        failed(format!("the rule {name} matches other events than the settings say"))
            .evidence([format!("events:ListRules: {}", rule.pattern)])
    } else {
        Check::pass(id.clone(), format!("EventBridge looks for {}", told(part)))
    };
    vec![verdict, sending(case, target, rule, topic)]
}

/// Whether a pattern is another than the wanted one, as far as that is known: it names the key by its id.
fn matches_otherwise(case: &Case<'_>, part: &str, live: &str) -> bool {
    if case.key().is_none() || case.facts.log_bucket.is_none() {
        return false;
    }
    let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
    let wanted = case.wanted("aws_cloudwatch_event_rule", part, "event_pattern");
    wanted.is_some_and(|wanted| parsed(&wanted) != parsed(live))
}

fn sending(case: &Case<'_>, target: &RuleTarget, rule: &RuleFacts, topic: &str) -> Check {
    let id = format!("alarms.target/{}", target.part);
    let wanted = case.wanted("aws_cloudwatch_event_target", &target.part, "arn");
    let wanted = wanted.filter(|arn| arn.starts_with("arn:")).unwrap_or_else(|| topic.to_owned());
    match &rule.targets {
        Read::Refused(refusal) => Check::unknown(id, refusal, "where the rule sends what it matches"),
        Read::Found(arns) if arns.contains(&wanted) => {
            Check::pass(id, format!("{} sends to {wanted}", target.name))
        }
        Read::Found(_) | Read::Absent => Check::fail(id, format!("Nobody is told of {}", told(&target.part)))
            .cause(format!("the rule {} does not send to {wanted}", target.name))
            .remedy(case.apply()),
    }
}
