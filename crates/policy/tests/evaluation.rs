//! The evaluator on a table of written-out decisions: keys, buckets, trusts, repositories, operators.
//!
//! `evaluation/cases.jsonl` has a case a line and names the policies of `evaluation/policies.json`; `deciding` are the
//! Sids of the deciding statements in order, `null` for one without. All decisions were also put to the independent
//! evaluator `@cloud-copilot/iam-simulate` (not part of this project), which agrees but for what `disagreement` says.

use std::collections::{BTreeMap, BTreeSet};

use policy::{Context, Policies, Policy, Prepared, Principal, Request, evaluate};
use serde_json::Value;

/// A text of a case; a missing one matches nothing.
fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn request(case: &Value) -> Request {
    let principal = match case.get("principal").and_then(Value::as_str) {
        None => Principal::Everyone,
        Some(arn) if arn.starts_with("arn:") => Principal::aws(arn),
        Some(service) => Principal::service(service),
    };
    let mut context = Context::default();
    for (key, value) in case.get("context").and_then(Value::as_object).into_iter().flatten() {
        match value {
            Value::Array(values) => context.set(key, values.iter().filter_map(Value::as_str)),
            value => context.set(key, value.as_str()),
        }
    }
    Request {
        principal,
        action: text(case, "action").to_owned(),
        resource: text(case, "resource").to_owned(),
        account: text(case, "account").to_owned(),
        context,
    }
}

#[test]
fn written_out_cases_are_decided_as_expected() {
    let policies: BTreeMap<String, Value> =
        serde_json::from_str(include_str!("evaluation/policies.json")).unwrap();
    let policies: BTreeMap<String, Prepared> = policies
        .into_iter()
        .map(|(name, policy)| (name, Policy::parse(&policy.to_string()).unwrap().prepare()))
        .collect();
    let mut used = BTreeSet::new();
    let mut count = 0;
    for line in include_str!("evaluation/cases.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let mut policy = |name: &Value| {
            let name = name.as_str().unwrap();
            used.insert(name.to_owned());
            policies[name].clone()
        };
        let identity: Vec<Prepared> =
            case["identity"].as_array().into_iter().flatten().map(&mut policy).collect();
        let resource = case.get("resource_policy").map(&mut policy);
        let policies = Policies { identity: &identity, resource: resource.as_ref(), ..Policies::default() };
        let verdict = evaluate(&policies, &request(&case));
        assert_eq!(verdict.decision.name(), text(&case, "expect"), "{line}");
        let deciding: Vec<Value> = verdict.deciding.into_iter().map(|deciding| deciding.sid.into()).collect();
        assert_eq!(
            Value::from(deciding),
            case.get("deciding").cloned().unwrap_or(Value::Array(vec![])),
            "{line}"
        );
        count += 1;
    }
    assert!(count >= 100, "{count} cases");
    assert_eq!(used.len(), policies.len(), "every policy is used");
}
