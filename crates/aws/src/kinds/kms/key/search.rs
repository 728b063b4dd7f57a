//! Finds the deployment's key among all keys of the region. A key has no name to look it up by.

use aws_sdk_kms::types::KeyListEntry;
use engine::{CloudError, CloudErrorKind};
use futures::stream::{self, StreamExt};
use terraform::Attributes;

use super::{list_tags, read_key};
use crate::account::Account;
use crate::attributes::flag;
use crate::call::has_code;
use crate::tags::{Deployment, Tags};

/// How many keys are asked for their tags at once (the service's quotas are shared by the whole account).
const PARALLEL_KEYS: usize = 8;
/// How often a key is looked for that may have been made a moment ago, each time after a longer pause.
const SEARCHES: std::ops::Range<u32> = 1..6;

/// The key that an earlier run may have made and not recorded, perhaps a moment ago: it may take that long to show.
pub(super) async fn of_earlier_run(
    account: &Account,
    deployment: &Deployment,
) -> Result<Option<Attributes>, CloudError> {
    match by_tag(account, deployment).await? {
        Some(found) => Ok(Some(found)),
        None => after_loss(account, deployment).await,
    }
}

/// The key that a `CreateKey` without an answer may have made; it may take a moment to show.
pub(super) async fn after_loss(
    account: &Account,
    deployment: &Deployment,
) -> Result<Option<Attributes>, CloudError> {
    for number in SEARCHES {
        tokio::time::sleep(account.patience.pause(number)).await;
        if let Some(found) = by_tag(account, deployment).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The key that carries the deployment's tag; of several, one that is enabled.
async fn by_tag(account: &Account, deployment: &Deployment) -> Result<Option<Attributes>, CloudError> {
    let pages = || account.services.kms.list_keys().into_paginator().items().send();
    let keys = || pages().collect::<Result<Vec<KeyListEntry>, _>>();
    let keys = account.patience.call("kms:ListKeys", keys).await?;
    let answers: Vec<(String, Result<Tags, CloudError>)> =
        stream::iter(keys.into_iter().filter_map(|key| key.key_id).map(|id| async move {
            let tags = list_tags(account, &id).await;
            (id, tags)
        }))
        .buffered(PARALLEL_KEYS)
        .collect()
        .await;
    let mut found = None;
    for id in owned_keys(answers, deployment)? {
        let key = read_key(account, &id).await?;
        if key.as_ref().is_some_and(|key| flag(key, "is_enabled") == Some(true)) {
            return Ok(key);
        }
        found = found.or(key);
    }
    Ok(found)
}

/// The keys whose tags name the deployment. A key that hides its tags is not ours, for ours leaves access to IAM; but if
/// all hide them, it is the caller who may not look.
fn owned_keys(
    answers: Vec<(String, Result<Tags, CloudError>)>,
    deployment: &Deployment,
) -> Result<Vec<String>, CloudError> {
    let (mut ours, mut seen, mut denial) = (Vec::new(), false, None);
    for (id, tags) in answers {
        match tags {
            Ok(tags) => {
                seen = true;
                if deployment.owns(&tags) {
                    ours.push(id);
                }
            }
            Err(error) if error.kind == CloudErrorKind::AccessDenied => denial = Some(error),
            Err(error) if has_code(&error, &["NotFoundException"]) => {}
            Err(error) => return Err(error),
        }
    }
    match denial {
        Some(denial) if !seen => Err(denial),
        _ => Ok(ours),
    }
}

#[cfg(test)]
mod tests {
    use foundation::settings::DEPLOYMENT;

    use super::*;
    use crate::error::malformed;

    fn deployment() -> Deployment {
        Deployment { id: "d-1".to_owned(), suffix: None, bucket: None }
    }

    fn tagged(id: &str, deployment: &str) -> (String, Result<Tags, CloudError>) {
        (id.to_owned(), Ok(Tags::from([(DEPLOYMENT.to_owned(), deployment.to_owned())])))
    }

    fn denied(id: &str) -> (String, Result<Tags, CloudError>) {
        let error =
            CloudError { kind: CloudErrorKind::AccessDenied, ..malformed("kms:ListResourceTags", "") };
        (id.to_owned(), Err(error))
    }

    #[test]
    fn keys_that_hide_their_tags_are_passed_over_unless_all_do() {
        let cases = [
            (vec![], Ok(vec![])),
            (vec![tagged("a", "d-2"), tagged("b", "d-1"), denied("c")], Ok(vec!["b".to_owned()])),
            (vec![tagged("a", "d-2"), denied("c")], Ok(vec![])),
        ];
        for (answers, expected) in cases {
            assert_eq!(owned_keys(answers, &deployment()), expected);
        }
        assert!(owned_keys(vec![denied("a"), denied("b")], &deployment()).is_err());
    }
}
