//! `aws_sns_topic`. Making a topic that exists answers it, unless its tags or attributes differ.

use async_trait::async_trait;
use aws_sdk_sns::types::Tag;
use engine::{CloudError, StepError};
use serde_json::json;
use terraform::Attributes;

use super::{BUSY, GONE, TOPIC_NEW, set_attribute, topic_attributes};
use crate::account::Account;
use crate::attributes::{differs, first_of, object, overlaid, owned, required};
use crate::call::{absent_if, answered, call, has_code};
use crate::error::malformed;
use crate::kind::{Kind, resume};
use crate::tags::{self, Tags, keys, retag_by};

/// A topic of the deployment's region.
pub(crate) struct SnsTopic;

/// What sets the key.
const KEY: &str = "KmsMasterKeyId";
/// What sets the name that messages seem to come from; ours have AWS's own.
const SENDER: &str = "DisplayName";
/// SNS's name for a topic that is there with other tags or attributes.
const EXISTS: &[&str] = &["InvalidParameter", "InvalidParameterException"];

#[async_trait]
impl Kind for SnsTopic {
    async fn read(&self, account: &Account, recorded: &Attributes) -> Result<Option<Attributes>, CloudError> {
        let arn = arn(account, recorded)?;
        let (reported, tags) = futures::join!(topic_attributes(account, &arn), list_tags(account, &arn));
        let Some(reported) = reported? else { return Ok(None) };
        let mut attributes = decided(&arn);
        let set = json!({
            "kms_master_key_id": reported.get(KEY),
            "display_name": reported.get(SENDER).filter(|name| !name.is_empty()),
            "policy": reported.get("Policy"),
        });
        attributes.extend(object(set));
        tags::answer(&mut attributes, &tags?);
        Ok(Some(attributes))
    }

    async fn create(&self, account: &Account, planned: &Attributes) -> Result<Attributes, StepError> {
        let name = required(planned, "name")?;
        let tags = sns_tags(&tags::of(planned))?;
        let create = || {
            let create = account.services.sns.create_topic().name(name).set_tags(Some(tags.clone()));
            match owned(planned, "kms_master_key_id") {
                Some(key) => create.attributes(KEY, key),
                None => create,
            }
        };
        match account.patience.retry(TOPIC_NEW, || call("sns:CreateTopic", create().send())).await {
            Ok(answer) => {
                let arn = answered("sns:CreateTopic", answer.topic_arn, "topic")?;
                Ok(overlaid(planned, &decided(&arn)))
            }
            Err(refusal) if has_code(&refusal, EXISTS) => resume(self, account, planned, refusal).await,
            Err(refusal) => Err(refusal.into()),
        }
    }

    async fn update(
        &self,
        account: &Account,
        prior: &Attributes,
        planned: &Attributes,
    ) -> Result<Attributes, StepError> {
        let arn = arn(account, prior)?;
        for (argument, attribute) in [("kms_master_key_id", KEY), ("display_name", SENDER)] {
            if differs(prior, planned, argument) {
                let value = owned(planned, argument).unwrap_or_default();
                set_attribute(account, &arn, attribute, &value).await?;
            }
        }
        retag(account, &arn, prior, planned).await
    }

    async fn delete(&self, account: &Account, prior: &Attributes) -> Result<Option<Attributes>, StepError> {
        let arn = arn(account, prior)?;
        let delete = || account.services.sns.delete_topic().topic_arn(&arn);
        let deleted = account.patience.retry(BUSY, || call("sns:DeleteTopic", delete().send())).await;
        absent_if(deleted, GONE)?;
        Ok(None)
    }
}

/// The recorded ARN, or the one that follows from the name.
fn arn(account: &Account, attributes: &Attributes) -> Result<String, CloudError> {
    if let Ok(arn) = first_of(attributes, &["arn", "id"]) {
        return Ok(arn.to_owned());
    }
    Ok(account.place.arn("sns", required(attributes, "name")?))
}

/// What follows from a topic's ARN.
fn decided(arn: &str) -> Attributes {
    let name = arn.rsplit(':').next();
    object(json!({"arn": arn, "id": arn, "name": name, "name_prefix": ""}))
}

fn sns_tags(tags: &Tags) -> Result<Vec<Tag>, CloudError> {
    tags.iter()
        .map(|(key, value)| {
            let tag = Tag::builder().key(key).value(value).build();
            tag.map_err(|error| malformed("sns:TagResource", error.to_string()))
        })
        .collect()
}

async fn list_tags(account: &Account, arn: &str) -> Result<Tags, CloudError> {
    let list = || account.services.sns.list_tags_for_resource().resource_arn(arn).send();
    let answer = absent_if(account.patience.call("sns:ListTagsForResource", list).await, GONE)?;
    let tags = answer.and_then(|answer| answer.tags).unwrap_or_default();
    Ok(tags::reported(tags.iter().map(|tag| (tag.key(), tag.value()))))
}

async fn retag(
    account: &Account,
    arn: &str,
    prior: &Attributes,
    planned: &Attributes,
) -> Result<Attributes, StepError> {
    let sns = &account.services.sns;
    let untag = |tags: &Tags| Ok(sns.untag_resource().resource_arn(arn).set_tag_keys(keys(tags)).send());
    let tag = |tags: &Tags| Ok(sns.tag_resource().resource_arn(arn).set_tags(Some(sns_tags(tags)?)).send());
    let change = (prior, planned);
    retag_by(&account.patience, BUSY, change, ("sns:UntagResource", untag), ("sns:TagResource", tag)).await
}
