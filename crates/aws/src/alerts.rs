//! Alerts tried without harm: patterns against events, a message to the topic, and whom the topic tells.

mod counts;

use aws_sdk_eventbridge::config::{Builder, Region};
use aws_sdk_sns::types::Subscription;
use engine::CloudError;

use crate::call::{absent_if, answered};
use crate::error::malformed;
use crate::kinds::events::rule::is_enabled;
use crate::services::Services;
use crate::waiting::Patience;

pub use counts::{LiveAlarm, LiveFilter};

/// EventBridge's name for what is not there.
const GONE: &[&str] = &["ResourceNotFoundException"];
/// How an ARN begins; a subscription that waits for its confirmation has none in the list.
const ARN: &str = "arn:";

/// The alerts of an account.
#[derive(Clone, Debug)]
pub struct Alerts(Services);

/// A rule as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveRule {
    /// Which events match.
    pub pattern: String,
    /// Whether it is asked at all.
    pub is_enabled: bool,
    /// The ARNs of where it sends them.
    pub targets: Vec<String>,
}

/// Whom a topic tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    /// The address.
    pub endpoint: String,
    /// Whether it followed the link in AWS's e-mail.
    pub is_confirmed: bool,
}

impl Alerts {
    /// Those behind these clients.
    pub fn new(services: Services) -> Self {
        Self(services)
    }

    /// What a rule does now; `None`: it is gone.
    ///
    /// # Errors
    /// What AWS refuses, or an ARN that is not a rule's.
    pub async fn rule(&self, arn: &str) -> Result<Option<LiveRule>, CloudError> {
        let (region, name) = place(arn)?;
        let describe = || {
            let describe = self.0.events.describe_rule().name(name);
            describe.customize().config_override(to(region)).send()
        };
        let answer = Patience::default().call("events:DescribeRule", describe).await;
        let Some(answer) = absent_if(answer, GONE)? else { return Ok(None) };
        let list = || {
            let list = self.0.events.list_targets_by_rule().rule(name);
            list.customize().config_override(to(region)).send()
        };
        let targets = Patience::default().call("events:ListTargetsByRule", list).await?;
        Ok(Some(LiveRule {
            pattern: answer.event_pattern.unwrap_or_default(),
            is_enabled: is_enabled(answer.state.as_ref())?,
            targets: targets.targets.unwrap_or_default().into_iter().map(|target| target.arn).collect(),
        }))
    }

    /// Whether a pattern matches an event.
    ///
    /// # Errors
    /// What AWS refuses.
    pub async fn matches(&self, pattern: &str, event: &str) -> Result<bool, CloudError> {
        let test = || self.0.events.test_event_pattern().event_pattern(pattern).event(event).send();
        Ok(Patience::default().call("events:TestEventPattern", test).await?.result)
    }

    /// Sends a message to a topic and answers its id.
    ///
    /// # Errors
    /// What AWS refuses.
    pub async fn publish(&self, topic: &str, subject: &str, message: &str) -> Result<String, CloudError> {
        let publish = || self.0.sns.publish().topic_arn(topic).subject(subject).message(message).send();
        let answer = Patience::default().call("sns:Publish", publish).await?;
        answered("sns:Publish", answer.message_id, "message")
    }

    /// Whom a topic tells.
    ///
    /// # Errors
    /// What AWS refuses.
    pub async fn subscribers(&self, topic: &str) -> Result<Vec<Subscriber>, CloudError> {
        let pages = || self.0.sns.list_subscriptions_by_topic().topic_arn(topic).into_paginator();
        let all = || pages().items().send().collect::<Result<Vec<Subscription>, _>>();
        let all = Patience::default().call("sns:ListSubscriptionsByTopic", all).await?;
        let subscriber = |one: Subscription| Subscriber {
            is_confirmed: one.subscription_arn().is_some_and(|arn| arn.starts_with(ARN)),
            endpoint: one.endpoint.unwrap_or_default(),
        };
        Ok(all.into_iter().map(subscriber).collect())
    }
}

/// The region and the name of a rule.
fn place(arn: &str) -> Result<(&str, &str), CloudError> {
    let region = arn.split(':').nth(3);
    let name = arn.split_once(":rule/").map(|(_, name)| name);
    region.zip(name).ok_or_else(|| malformed("record", format!("`{arn}` is not the ARN of a rule")))
}

/// What sends a call to a region.
fn to(region: &str) -> Builder {
    Builder::new().region(Region::new(region.to_owned()))
}
