//! SNS: topics and what belongs to them, and the words they share.

use std::collections::HashMap;

use engine::CloudError;

use crate::account::Account;
use crate::call::absent_if;

pub(super) mod topic;
pub(super) mod topic_policy;
pub(super) mod topic_subscription;

/// A filter that lets everything through: SNS's way to take one away (SNS developer guide, "Removing a subscription filter policy").
pub(crate) const NO_FILTER: &str = "{}";
/// SNS's names for what is not there.
pub(crate) const GONE: &[&str] =
    &["NotFound", "NotFoundException", "ResourceNotFound", "ResourceNotFoundException"];
/// SNS: two changes of one topic at once.
const BUSY: &[&str] = &["ConcurrentAccess", "ConcurrentAccessException"];
/// SNS: the same, or the topic, its key or a principal in its policy was made a moment ago.
const TOPIC_NEW: &[&str] = &[
    "ConcurrentAccess",
    "ConcurrentAccessException",
    "KMSNotFound",
    "KMSNotFoundException",
    "NotFound",
    "NotFoundException",
];

/// The attributes of a topic, asked for once a run; `None`: there is no such topic.
pub(crate) async fn topic_attributes(
    account: &Account,
    arn: &str,
) -> Result<Option<HashMap<String, String>>, CloudError> {
    account.topics.get(arn, get_topic_attributes(account, arn)).await
}

async fn get_topic_attributes(
    account: &Account,
    arn: &str,
) -> Result<Option<HashMap<String, String>>, CloudError> {
    let get = || account.services.sns.get_topic_attributes().topic_arn(arn).send();
    let answer = absent_if(account.patience.call("sns:GetTopicAttributes", get).await, GONE)?;
    Ok(answer.map(|answer| answer.attributes.unwrap_or_default()))
}

/// Sets one attribute of a topic.
async fn set_attribute(account: &Account, arn: &str, name: &str, value: &str) -> Result<(), CloudError> {
    let set = || {
        account.services.sns.set_topic_attributes().topic_arn(arn).attribute_name(name).attribute_value(value)
    };
    let call = || crate::call::call("sns:SetTopicAttributes", set().send());
    account.patience.retry(TOPIC_NEW, call).await.map(drop)
}
