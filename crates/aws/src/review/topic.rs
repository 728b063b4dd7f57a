//! Who may publish to a topic of the user's own: its policy, and that of its key.

use aws_sdk_kms::types::{KeyManagerType, KeyState};
use engine::{CloudError, CloudErrorKind};
use foundation::review::topic::{Document, TopicFacts};

use crate::account::Account;
use crate::kinds::kms::key::metadata;
use crate::kinds::sns::topic_attributes;

/// Reads both. What may not be read is said as that.
pub(crate) async fn topic(account: &Account, arn: &str) -> Result<TopicFacts, CloudError> {
    let attributes = match topic_attributes(account, arn).await {
        Ok(Some(attributes)) => attributes,
        Ok(None) => return Ok(TopicFacts { policy: Document::Absent, key: None }),
        Err(error) => return Ok(TopicFacts { policy: unread(error)?, key: None }),
    };
    let policy = attributes.get("Policy").cloned().unwrap_or_default();
    let key = match attributes.get("KmsMasterKeyId").filter(|key| !key.is_empty()) {
        Some(key) => Some((key.clone(), key_policy(account, key).await.or_else(unread)?)),
        None => None,
    };
    Ok(TopicFacts { policy: Document::Text(policy), key })
}

/// How the aliases of AWS's own keys begin. Such a key is made when it is first used, so that until then there is none.
const AWS_ALIAS: &str = "alias/aws/";

/// The policy of a key that may be named by its alias.
async fn key_policy(account: &Account, name: &str) -> Result<Document, CloudError> {
    if name.rsplit(':').next().is_some_and(|name| name.starts_with(AWS_ALIAS)) {
        return Ok(Document::Aws);
    }
    let Some(key) = metadata(account, name).await? else { return Ok(Document::Absent) };
    if key.key_manager == Some(KeyManagerType::Aws) {
        return Ok(Document::Aws);
    }
    if !key.enabled {
        return Ok(Document::Unusable(key.key_state().map_or("Disabled", KeyState::as_str).to_owned()));
    }
    let id = key.arn().unwrap_or(key.key_id());
    let get = || account.services.kms.get_key_policy().key_id(id).policy_name("default").send();
    let answer = account.patience.call("kms:GetKeyPolicy", get).await?;
    Ok(Document::Text(answer.policy.unwrap_or_default()))
}

/// A read that was refused.
fn unread(error: CloudError) -> Result<Document, CloudError> {
    match error.kind {
        CloudErrorKind::AccessDenied | CloudErrorKind::Refused => Ok(Document::Unread {
            operation: error.operation,
            code: error.code.unwrap_or_else(|| "without a code".to_owned()),
        }),
        _ => Err(error),
    }
}
