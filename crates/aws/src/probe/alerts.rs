//! The chain from an event to whoever is told.

use std::collections::HashMap;

use aws_sdk_eventbridge::types::Rule;
use aws_sdk_sns::types::Subscription;
use doctor::facts::{AlarmFacts, AlertFacts, OtherKey, Read, Refusal, RuleFacts, Subscriber, TopicFacts};
use doctor::{AlertTargets, RuleTarget, Targets};
use engine::CloudError;
use futures::future::join_all;

use super::{moment, refusal};
use crate::account::Account;
use crate::call::absent_if;
use crate::kinds::cloudwatch::metric_alarm::alarms;
use crate::kinds::events::{rule, target};
use crate::kinds::kms::key::metadata;
use crate::kinds::sns::{GONE, NO_FILTER, topic_attributes};

/// How an ARN begins; of a subscription that waits for its confirmation a list has none.
const ARN: &str = "arn:";

/// Reads every link.
pub(super) async fn alerts(account: &Account, targets: &AlertTargets, all: &Targets) -> AlertFacts {
    let rules =
        join_all(targets.rules.iter().map(async |one| (one.part.clone(), of_rule(account, one).await)));
    let metrics = join_all(
        targets.alarms.iter().map(async |(part, name)| (part.clone(), of_alarm(account, name).await)),
    );
    let (rules, metrics, topic, subscribers) =
        futures::join!(rules, metrics, of_topic(account, &targets.topic, all), subscribers(account, targets));
    AlertFacts {
        rules: rules.into_iter().collect(),
        topic,
        subscribers,
        alarms: metrics.into_iter().collect(),
    }
}

/// What an answer is to doctor.
fn known<T>(answer: Result<Option<T>, CloudError>) -> Read<T> {
    match answer {
        Ok(Some(value)) => Read::Found(value),
        Ok(None) => Read::Absent,
        Err(error) => Read::Refused(refusal(&error)),
    }
}

async fn of_rule(account: &Account, wanted: &RuleTarget) -> Read<RuleFacts> {
    let (rules, targets) = futures::join!(
        rule::rules(account, &wanted.region, &wanted.name),
        target::list(account, &wanted.region, &wanted.name)
    );
    let targets = targets.map(|found| found.map(|all| all.into_iter().map(|one| one.arn).collect()));
    known(rules.and_then(|rules| {
        let rule = rules.into_iter().find(|rule| rule.name() == Some(wanted.name.as_str()));
        let facts = |rule: Rule| {
            Ok(RuleFacts {
                enabled: rule::is_enabled(rule.state())?,
                pattern: rule.event_pattern.unwrap_or_default(),
                targets: known(targets),
            })
        };
        rule.map(facts).transpose()
    }))
}

/// The topic; of the deployment's own key the policy is read elsewhere.
async fn of_topic(account: &Account, arn: &str, all: &Targets) -> Read<TopicFacts> {
    let attributes = match known(topic_attributes(account, arn).await) {
        Read::Found(attributes) => attributes,
        Read::Absent => return Read::Absent,
        Read::Refused(refusal) => return Read::Refused(refusal),
    };
    let named = attributes.get("KmsMasterKeyId").filter(|key| !key.is_empty()).cloned();
    let other_key = match named.as_ref().filter(|named| !is_own(named, all)) {
        Some(other) => Some(known(other_key(account, other).await)),
        None => None,
    };
    let policy = attributes.get("Policy").cloned().unwrap_or_default();
    Read::Found(TopicFacts { policy, key: named, other_key })
}

/// Whether a name of a key is one of the deployment's key.
fn is_own(named: &str, all: &Targets) -> bool {
    let id = named.rsplit_once("key/").map_or(named, |(_, id)| id);
    let alias = named.find("alias/").and_then(|at| named.get(at..));
    all.key_id.as_deref() == Some(id) || alias == Some(all.alias.as_str())
}

/// Where no read can succeed.
pub(super) fn refused(targets: &AlertTargets, named: &dyn Fn(&str) -> Refusal) -> AlertFacts {
    let rule = |one: &RuleTarget| (one.part.clone(), Read::Refused(named("events:ListRules")));
    let alarm =
        |(part, _): &(String, String)| (part.clone(), Read::Refused(named("cloudwatch:DescribeAlarms")));
    AlertFacts {
        rules: targets.rules.iter().map(rule).collect(),
        topic: Read::Refused(named("sns:GetTopicAttributes")),
        subscribers: Read::Refused(named("sns:ListSubscriptionsByTopic")),
        alarms: targets.alarms.iter().map(alarm).collect(),
    }
}

/// A key that may be named by its alias.
async fn other_key(account: &Account, name: &str) -> Result<Option<OtherKey>, CloudError> {
    let Some(key) = metadata(account, name).await? else { return Ok(None) };
    let id = key.arn().unwrap_or(key.key_id());
    let get = || account.services.kms.get_key_policy().key_id(id).policy_name("default").send();
    let policy = account.patience.call("kms:GetKeyPolicy", get).await?.policy.unwrap_or_default();
    let state = key.key_state().map_or("Enabled", |state| state.as_str());
    Ok(Some(OtherKey { arn: id.to_owned(), state: state.to_owned(), policy }))
}

async fn subscribers(account: &Account, targets: &AlertTargets) -> Read<Vec<Subscriber>> {
    let listing = || account.services.sns.list_subscriptions_by_topic().topic_arn(&targets.topic);
    let pages = || listing().into_paginator();
    let all = || pages().items().send().collect::<Result<Vec<_>, _>>();
    let all = account.patience.call("sns:ListSubscriptionsByTopic", all).await;
    let all = match known(absent_if(all, GONE)) {
        Read::Found(all) => all,
        Read::Absent => return Read::Absent,
        Read::Refused(refusal) => return Read::Refused(refusal),
    };
    Read::Found(join_all(all.into_iter().map(async |one| subscriber(account, one, targets).await)).await)
}

async fn subscriber(account: &Account, listed: Subscription, targets: &AlertTargets) -> Subscriber {
    let endpoint = listed.endpoint.unwrap_or_default();
    let arn = listed.subscription_arn.filter(|arn| arn.starts_with(ARN));
    let filter = match arn.as_deref().filter(|_| targets.emails.contains(&endpoint)) {
        Some(arn) => filter(account, arn).await,
        None => Read::Absent,
    };
    Subscriber { confirmed: arn.is_some(), endpoint, filter }
}

/// What keeps messages from a subscriber; none where everything passes.
async fn filter(account: &Account, arn: &str) -> Read<String> {
    let get = || account.services.sns.get_subscription_attributes().subscription_arn(arn).send();
    let answer = account.patience.call("sns:GetSubscriptionAttributes", get).await;
    let policy = |attributes: HashMap<String, String>| {
        attributes.get("FilterPolicy").filter(|policy| policy.as_str() != NO_FILTER).cloned()
    };
    known(absent_if(answer, GONE).map(|answer| answer?.attributes.and_then(policy)))
}

async fn of_alarm(account: &Account, name: &str) -> Read<AlarmFacts> {
    let found = alarms(account, name).await;
    known(found.map(|alarms| {
        let alarm = alarms.into_iter().find(|alarm| alarm.alarm_name() == Some(name))?;
        Some(AlarmFacts {
            state: alarm.state_value().map_or("unknown", |state| state.as_str()).to_owned(),
            reason: alarm.state_reason().unwrap_or_default().to_owned(),
            since: moment(alarm.state_updated_timestamp()),
            acts: alarm.actions_enabled().unwrap_or(true),
            actions: alarm.alarm_actions.unwrap_or_default(),
        })
    }))
}
