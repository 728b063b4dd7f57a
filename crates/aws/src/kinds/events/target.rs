//! `aws_cloudwatch_event_target`. An answer of 200 may hold a refusal.

use async_trait::async_trait;
use aws_sdk_eventbridge::error::BuildError;
use aws_sdk_eventbridge::types::{InputTransformer, RetryPolicy, Target};
use engine::{CloudError, CloudErrorKind, StepError};
use serde_json::json;
use terraform::{Attributes, Value};

use super::{BUSY, GONE, RULE_NEW, region, to};
use crate::account::Account;
use crate::attributes::{block, differs, object, overlaid, owned, required, text};
use crate::call::{absent_if, call};
use crate::error::malformed;
use crate::kind::Kind;

/// Where a rule sends an event.
pub(crate) struct EventTarget;

const PUT: &str = "events:PutTargets";
const REMOVE: &str = "events:RemoveTargets";

/// What `PutTargets` sets.
const SETTINGS: [&str; 7] =
    ["arn", "role_arn", "input", "input_path", "input_transformer", "retry_policy", "dead_letter_config"];

/// How long EventBridge tries, in seconds, and how often, where nothing is said (EventBridge API reference, `RetryPolicy`).
const PATIENCE: (i32, i32) = (86_400, 185);

#[async_trait]
impl Kind for EventTarget {
    async fn read(&self, account: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let (rule, id, region) = names(account, recorded)?;
        let targets = present(account, &region, rule).await?.unwrap_or_default();
        let target = targets.iter().find(|target| target.id() == id);
        Ok(target.map(|target| overlaid(&identity(rule, id, &region), &reported(target))))
    }

    async fn create(&self, account: &Account, planned: &Attributes) -> Result<Attributes, StepError> {
        let (rule, id, region) = names(account, planned)?;
        put(account, &region, rule, planned).await?;
        Ok(overlaid(planned, &identity(rule, id, &region)))
    }

    async fn update(
        &self,
        account: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        let (rule, _, region) = names(account, planned)?;
        if SETTINGS.iter().any(|setting| differs(prior, planned, setting)) {
            put(account, &region, rule, planned).await?;
        }
        Ok(overlaid(prior, planned))
    }

    async fn delete(&self, account: &Account, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let (rule, id, region) = names(account, prior)?;
        remove(account, &region, rule, id).await?;
        Ok(None)
    }
}

/// The targets of a rule, asked for once a run; `None`: there is no such rule.
pub(crate) async fn present(
    account: &Account,
    region: &str,
    rule: &str,
) -> Result<Option<Vec<Target>>, CloudError> {
    account.targets.get(&format!("{region}/{rule}"), list(account, region, rule)).await
}

/// The targets of a rule now; `None`: there is no such rule.
pub(crate) async fn list(
    account: &Account,
    region: &str,
    rule: &str,
) -> Result<Option<Vec<Target>>, CloudError> {
    let list = || {
        let list = account.services.events.list_targets_by_rule().rule(rule);
        list.customize().config_override(to(region)).send()
    };
    let answer = account.patience.call("events:ListTargetsByRule", list).await;
    Ok(absent_if(answer, GONE)?.map(|answer| answer.targets.unwrap_or_default()))
}

/// Takes a target off its rule; one that is gone is no error.
pub(crate) async fn remove(account: &Account, region: &str, rule: &str, id: &str) -> Result<(), CloudError> {
    let remove = || {
        let remove = account.services.events.remove_targets().rule(rule).ids(id);
        remove.customize().config_override(to(region))
    };
    let removed = account.patience.retry(BUSY, || call(REMOVE, remove().send())).await;
    let Some(answer) = absent_if(removed, GONE)? else { return Ok(()) };
    let failed = answer.failed_entries().first();
    failed.map_or(Ok(()), |entry| Err(refused(REMOVE, entry.error_code(), entry.error_message())))
}

async fn put(account: &Account, region: &str, rule: &str, planned: &Attributes) -> Result<(), CloudError> {
    let target = target(planned).map_err(|error| malformed(PUT, error.to_string()))?;
    account.patience.retry(RULE_NEW, || put_once(account, region, rule, &target)).await
}

async fn put_once(account: &Account, region: &str, rule: &str, target: &Target) -> Result<(), CloudError> {
    let put = account.services.events.put_targets().rule(rule).targets(target.clone());
    let answer = call(PUT, put.customize().config_override(to(region)).send()).await?;
    let failed = answer.failed_entries().first();
    failed.map_or(Ok(()), |entry| Err(refused(PUT, entry.error_code(), entry.error_message())))
}

/// A refusal that an answer holds.
fn refused(operation: &str, code: Option<&str>, message: Option<&str>) -> CloudError {
    CloudError {
        kind: CloudErrorKind::Refused,
        code: code.map(str::to_owned),
        ..malformed(operation, message.unwrap_or_default())
    }
}

fn names<'a>(
    account: &Account,
    attributes: &'a Attributes,
) -> Result<(&'a str, &'a str, String), CloudError> {
    Ok((required(attributes, "rule")?, required(attributes, "target_id")?, place(account, attributes)))
}

/// Where a target's rule is. A record that lost it has it in the ARN of the bus that a forwarding rule cannot be on: the
/// region of IAM's events is then the only other one.
fn place(account: &Account, attributes: &Attributes) -> String {
    if text(attributes, "region").is_some() {
        return region(account, attributes);
    }
    let is_bus = text(attributes, "arn").is_some_and(|arn| arn.contains(":event-bus/"));
    let global = account.place.partition.global_events_region().filter(|_| is_bus);
    global.unwrap_or(&account.place.region).to_owned()
}

fn identity(rule: &str, id: &str, region: &str) -> Attributes {
    object(json!({
        "id": format!("{rule}-{id}"),
        "rule": rule,
        "target_id": id,
        "event_bus_name": "default",
        "region": region,
    }))
}

fn target(planned: &Attributes) -> Result<Target, BuildError> {
    let words = block(planned, "input_transformer").map(|words| {
        let paths = words.get("input_paths").and_then(Value::as_object);
        let paths = paths.into_iter().flatten();
        let paths = paths.filter_map(|(name, path)| Some((name.clone(), path.as_str()?.to_owned())));
        InputTransformer::builder()
            .set_input_paths_map(Some(paths.collect()))
            .set_input_template(owned(words, "input_template"))
            .build()
    });
    Target::builder()
        .set_id(owned(planned, "target_id"))
        .set_arn(owned(planned, "arn"))
        .set_role_arn(owned(planned, "role_arn"))
        .set_input_transformer(words.transpose()?)
        .build()
}

fn reported(target: &Target) -> Attributes {
    let words = target.input_transformer().map(|words| {
        let paths = words.input_paths_map().into_iter().flatten();
        let mut paths: Vec<_> =
            paths.map(|(name, path)| (name.clone(), Value::from(path.as_str()))).collect();
        paths.sort_by(|(one, _), (other, _)| one.cmp(other));
        let paths: Attributes = paths.into_iter().collect();
        json!({"input_paths": paths, "input_template": words.input_template()})
    });
    let letters =
        target.dead_letter_config().and_then(|letters| letters.arn()).map(|arn| json!({"arn": arn}));
    object(json!({
        "arn": target.arn(),
        "role_arn": target.role_arn(),
        "input": target.input(),
        "input_path": target.input_path(),
        "input_transformer": words.into_iter().collect::<Vec<Value>>(),
        "retry_policy": target.retry_policy().and_then(retries).into_iter().collect::<Vec<Value>>(),
        "dead_letter_config": letters.into_iter().collect::<Vec<Value>>(),
    }))
}

/// How long EventBridge tries, where that is not what it does anyway.
fn retries(policy: &RetryPolicy) -> Option<Value> {
    let (seconds, attempts) = PATIENCE;
    let seconds = policy.maximum_event_age_in_seconds().unwrap_or(seconds);
    let attempts = policy.maximum_retry_attempts().unwrap_or(attempts);
    ((seconds, attempts) != PATIENCE)
        .then(|| json!({"maximum_event_age_in_seconds": seconds, "maximum_retry_attempts": attempts}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_else_sends_in_place_of_the_event_shows() {
        let silenced = Target::builder().id("t").arn("a").input("\"all is well\"").build().unwrap();
        assert_eq!(reported(&silenced).get("input"), Some(&json!("\"all is well\"")));
    }

    #[test]
    fn less_patience_than_eventbridge_has_shows() {
        let read = |attempts: i32| {
            let policy = RetryPolicy::builder().maximum_retry_attempts(attempts).build();
            let target = Target::builder().id("t").arn("a").retry_policy(policy).build().unwrap();
            reported(&target)["retry_policy"].clone()
        };
        assert_eq!(read(185), json!([]));
        assert_eq!(read(0), json!([{"maximum_event_age_in_seconds": 86_400, "maximum_retry_attempts": 0}]));
    }

    #[test]
    fn what_is_planned_is_what_is_read() {
        let planned = object(json!({
            "target_id": "t", "arn": "arn:aws:sns:us-east-1:1:t", "role_arn": null, "input": null, "input_path": null,
            "input_transformer": [{"input_paths": {"a": "$.a", "b": "$.b"}, "input_template": "\"<a> <b>\""}],
            "retry_policy": [], "dead_letter_config": [],
        }));
        let read = reported(&target(&planned).unwrap());
        for name in SETTINGS {
            assert_eq!(read.get(name), planned.get(name), "{name}");
        }
    }
}
