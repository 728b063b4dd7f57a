//! Who else hears the alerts, and who copies the trail's log group.

use aws_sdk_cloudwatchlogs::types::SubscriptionFilter;
use aws_sdk_eventbridge::types::Target;
use aws_sdk_sns::types::Subscription;
use engine::CloudError;
use foundation::Fact;
use terraform::Attributes;

use super::seen;
use crate::account::Account;
use crate::attributes::first_of;
use crate::call::absent_if;
use crate::kinds::{events, logs, sns};

/// How an ARN begins; a subscription that waits for its confirmation has none in the list, and hears nothing.
const ARN: &str = "arn:";

/// Reads where a rule sends what it matches.
pub(super) async fn targets(account: &Account, present: &Attributes) -> Result<Vec<Fact>, CloudError> {
    let (rule, region) = (first_of(present, &["name", "id"])?, events::region(account, present));
    let targets = events::target::present(account, &region, rule).await;
    seen(targets, "where else a rule sends what it watches", |targets| {
        let fact = |target: Target| Fact::Target { id: target.id, arn: target.arn };
        Ok(targets.unwrap_or_default().into_iter().map(fact).collect())
    })
}

/// Reads whom the topic of the alerts tells.
pub(super) async fn subscribers(account: &Account, present: &Attributes) -> Result<Vec<Fact>, CloudError> {
    let topic = first_of(present, &["arn", "id"])?;
    let pages = || account.services.sns.list_subscriptions_by_topic().topic_arn(topic).into_paginator();
    let all = || pages().items().send().collect::<Result<Vec<Subscription>, _>>();
    let all = account.patience.call("sns:ListSubscriptionsByTopic", all).await;
    seen(absent_if(all, sns::GONE), "who else hears the alerts", |all| {
        let hears = |one: &Subscription| one.subscription_arn().is_some_and(|arn| arn.starts_with(ARN));
        let fact = |one: Subscription| Fact::Subscriber {
            protocol: one.protocol.unwrap_or_default(),
            endpoint: one.endpoint.unwrap_or_default(),
        };
        Ok(all.unwrap_or_default().into_iter().filter(hears).map(fact).collect())
    })
}

/// Reads who gets the events of a log group.
pub(super) async fn copies(account: &Account, present: &Attributes) -> Result<Vec<Fact>, CloudError> {
    let group = first_of(present, &["name", "id"])?;
    let pages =
        || account.services.logs.describe_subscription_filters().log_group_name(group).into_paginator();
    let all = || pages().items().send().collect::<Result<Vec<SubscriptionFilter>, _>>();
    let all = account.patience.call("logs:DescribeSubscriptionFilters", all).await;
    seen(absent_if(all, logs::GONE), "who copies the trail's log group", |all| {
        let fact = |filter: SubscriptionFilter| Fact::SubscriptionFilter {
            name: filter.filter_name.unwrap_or_default(),
            pattern: filter.filter_pattern.unwrap_or_default(),
            destination: filter.destination_arn.unwrap_or_default(),
        };
        Ok(all.unwrap_or_default().into_iter().map(fact).collect())
    })
}
