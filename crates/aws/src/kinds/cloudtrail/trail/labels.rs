//! The tags of a trail.

use aws_sdk_cloudtrail::types::{ResourceTag, Tag};
use engine::{CloudError, StepError};
use terraform::Attributes;

use crate::account::Account;
use crate::call::{absent_if, call};
use crate::error::malformed;
use crate::kinds::cloudtrail::GONE;
use crate::tags::{self, Tags};
use crate::waiting::TRAIL_BUSY;

pub(super) async fn list_tags(account: &Account, arn: &str) -> Result<Tags, CloudError> {
    let pages =
        || account.services.cloudtrail.list_tags().resource_id_list(arn).into_paginator().items().send();
    let lists = || pages().collect::<Result<Vec<ResourceTag>, _>>();
    let answer = account.patience.call("cloudtrail:ListTags", lists).await;
    let lists = absent_if(answer, GONE)?.unwrap_or_default();
    let tags = lists.iter().flat_map(ResourceTag::tags_list);
    Ok(tags::reported(tags.map(|tag| (tag.key(), tag.value().unwrap_or_default()))))
}

/// CloudTrail takes tags away by key and value.
pub(super) async fn retag(
    account: &Account,
    arn: &str,
    prior: &Attributes,
    planned: &Attributes,
) -> Result<Attributes, StepError> {
    let (client, patience) = (&account.services.cloudtrail, &account.patience);
    let present = tags::of(prior);
    let remove = |keys: Vec<String>| async move {
        let removed = present.into_iter().filter(|(key, _)| keys.contains(key)).collect();
        let list = trail_tags(&removed)?;
        let remove = || client.remove_tags().resource_id(arn).set_tags_list(Some(list.clone()));
        patience.retry(TRAIL_BUSY, || call("cloudtrail:RemoveTags", remove().send())).await.map(drop)
    };
    let set = |tags: Tags| async move {
        let list = trail_tags(&tags)?;
        let add = || client.add_tags().resource_id(arn).set_tags_list(Some(list.clone()));
        patience.retry(TRAIL_BUSY, || call("cloudtrail:AddTags", add().send())).await.map(drop)
    };
    tags::retag(prior, planned, remove, set).await
}

pub(super) fn trail_tags(tags: &Tags) -> Result<Vec<Tag>, CloudError> {
    tags.iter()
        .map(|(key, value)| {
            let tag = Tag::builder().key(key).value(value).build();
            tag.map_err(|error| malformed("cloudtrail:AddTags", error.to_string()))
        })
        .collect()
}
