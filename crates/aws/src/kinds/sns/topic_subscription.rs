//! `aws_sns_topic_subscription`. Subscribing an address that is subscribed answers that subscription. One whose e-mail
//! nobody answered waits three days and is then gone.

use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_sns::types::Subscription;
use engine::{CloudError, Found, StepError};
use serde_json::json;
use terraform::Attributes;

use super::{BUSY, GONE, NO_FILTER, TOPIC_NEW};
use crate::account::Account;
use crate::attributes::{differs, first_of, object, overlaid, required, text};
use crate::call::{absent_if, answered, call, has_code};
use crate::kind::Kind;
use crate::tags::Deployment;

/// An address that a topic tells.
pub(crate) struct TopicSubscription;

/// How an ARN begins; of a subscription that waits a list has none.
const ARN: &str = "arn:";
/// What keeps messages from a subscriber; ours have none.
const FILTER: &str = "filter_policy";
/// SNS's name for a subscription that waits for its confirmation and cannot be ended.
const PENDING: &[&str] = &["InvalidParameter", "InvalidParameterException"];

#[async_trait]
impl Kind for TopicSubscription {
    async fn read(&self, account: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let Ok(arn) = first_of(recorded, &["arn", "id"]) else { return Ok(None) };
        let get = || account.services.sns.get_subscription_attributes().subscription_arn(arn).send();
        let answer = absent_if(account.patience.call("sns:GetSubscriptionAttributes", get).await, GONE)?;
        Ok(answer.map(|answer| reported(arn, &answer.attributes.unwrap_or_default())))
    }

    async fn find(
        &self,
        account: &Account,
        planned: &Attributes,
        _deployment: Option<&Deployment>,
    ) -> Result<Found, CloudError> {
        let topic = required(planned, "topic_arn")?;
        let pages = || account.services.sns.list_subscriptions_by_topic().topic_arn(topic).into_paginator();
        let all = || pages().items().send().collect::<Result<Vec<Subscription>, _>>();
        let all = account.patience.call("sns:ListSubscriptionsByTopic", all).await;
        let all = absent_if(all, GONE)?.unwrap_or_default();
        let same = |one: &&Subscription| {
            one.endpoint() == text(planned, "endpoint") && one.protocol() == text(planned, "protocol")
        };
        let arn = all.iter().find(same).and_then(Subscription::subscription_arn);
        let Some(arn) = arn.filter(|arn| arn.starts_with(ARN)) else { return Ok(Found::Nothing) };
        let found = self.read(account, &object(json!({"arn": arn}))).await?;
        Ok(found.map_or(Found::Nothing, Found::Ours))
    }

    async fn create(&self, account: &Account, planned: &Attributes) -> Result<Attributes, StepError> {
        let topic = required(planned, "topic_arn")?;
        let subscribe = || {
            let subscribe = account.services.sns.subscribe().topic_arn(topic);
            let subscribe = subscribe.protocol(text(planned, "protocol").unwrap_or("email"));
            subscribe.set_endpoint(text(planned, "endpoint").map(str::to_owned)).return_subscription_arn(true)
        };
        let answer = account.patience.retry(TOPIC_NEW, || call("sns:Subscribe", subscribe().send())).await?;
        let arn = answered("sns:Subscribe", answer.subscription_arn, "subscription")?;
        let decided = json!({
            "arn": arn,
            "id": arn,
            "owner_id": account.place.account_id,
            "pending_confirmation": true,
            "confirmation_was_authenticated": false,
            "raw_message_delivery": false,
        });
        Ok(overlaid(planned, &object(decided)))
    }

    async fn update(
        &self,
        account: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        if differs(prior, planned, FILTER) {
            let arn = first_of(prior, &["arn", "id"])?;
            let set = || {
                let set = account.services.sns.set_subscription_attributes().subscription_arn(arn);
                set.attribute_name("FilterPolicy").attribute_value(NO_FILTER)
            };
            account.patience.retry(BUSY, || call("sns:SetSubscriptionAttributes", set().send())).await?;
        }
        Ok(overlaid(prior, planned))
    }

    /// Ends the subscription; one that waits ends by itself, or with its topic.
    async fn delete(&self, account: &Account, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let arn = first_of(prior, &["arn", "id"])?;
        let end = || account.services.sns.unsubscribe().subscription_arn(arn);
        match account.patience.retry(BUSY, || call("sns:Unsubscribe", end().send())).await {
            Err(refusal) if has_code(&refusal, PENDING) => match self.read(account, prior).await? {
                Some(present) if present.get("pending_confirmation") == Some(&json!(true)) => Ok(None),
                Some(_) => Err(refusal.into()),
                None => Ok(None),
            },
            ended => {
                absent_if(ended, GONE)?;
                Ok(None)
            }
        }
    }
}

fn reported(arn: &str, reported: &HashMap<String, String>) -> Attributes {
    let flag = |name: &str| reported.get(name).is_some_and(|value| value == "true");
    object(json!({
        "arn": arn,
        "id": arn,
        "topic_arn": reported.get("TopicArn"),
        "protocol": reported.get("Protocol"),
        "endpoint": reported.get("Endpoint"),
        "owner_id": reported.get("Owner"),
        "filter_policy": reported.get("FilterPolicy").filter(|filter| !filter.is_empty() && *filter != NO_FILTER),
        "pending_confirmation": flag("PendingConfirmation"),
        "confirmation_was_authenticated": flag("ConfirmationWasAuthenticated"),
        "raw_message_delivery": flag("RawMessageDelivery"),
    }))
}
