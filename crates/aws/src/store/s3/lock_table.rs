//! The lock and the state's digest as items of a DynamoDB table.

use std::error::Error;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use engine::{LockError, StoreError, Takeover};
use terraform::holder::Life;
use terraform::lock::LockInfo;

use super::objects::terraform_message;
use crate::error::cloud_error;
use crate::store::process;

/// The table's key.
const LOCK_ID: &str = "LockID";

/// How often the lock is tried while others take it over.
const TRIES: u32 = 3;

/// The items of one state.
pub(super) struct LockTable {
    pub(super) client: Client,
    pub(super) table: String,
    /// `BUCKET/KEY`.
    pub(super) lock_id: String,
}

/// Who holds the lock, and the record as it stands in the item.
struct Holder {
    info: Option<LockInfo>,
    record: String,
}

impl LockTable {
    /// Makes the lock item if there is none, or writes over that of a holder that is gone.
    pub(super) async fn take(&self, info: &LockInfo) -> Result<Option<Takeover>, LockError> {
        let mut tries = TRIES;
        let mut stale: Option<(String, Takeover)> = None;
        loop {
            tries -= 1;
            let replaces = stale.as_ref().map(|(record, _)| record.clone());
            let Err(refusal) = self.put(info, replaces).await else {
                return Ok(stale.map(|(_, takeover)| takeover));
            };
            let held = is_condition(&refusal);
            if !held && !crate::error::is_ambiguous(&refusal) {
                return Err(self.failure("dynamodb:PutItem", refusal).into());
            }
            // The holder may be ourselves: an answer was lost and the SDK asked again.
            let holder = match self.holder().await {
                Ok(holder) => holder,
                Err(unread) if held => return Err(unread.into()),
                Err(_) => None,
            };
            let holder = match holder {
                Some(Holder { info: Some(holder), .. }) if holder.id == info.id => {
                    return Ok(stale.map(|(_, takeover)| takeover));
                }
                _ if !held => return Err(self.failure("dynamodb:PutItem", refusal).into()),
                holder => holder,
            };
            let from = holder.as_ref().and_then(|holder| holder.info.clone());
            let life = from.as_ref().map_or(Life::Unknown, |from| process::life(from, None));
            stale = match (holder, from) {
                (Some(Holder { record, .. }), Some(from)) if life.is_over() && tries > 0 => {
                    Some((record, Takeover { from, life }))
                }
                (None, _) if tries > 0 => None,
                (_, from) => {
                    return Err(LockError::Held {
                        holder: from.map(Box::new),
                        life,
                        message: terraform_message("DynamoDB: PutItem", &refusal),
                    });
                }
            };
        }
    }

    /// Writes the lock item where there is none, or over exactly the record `replaces`.
    async fn put(
        &self,
        info: &LockInfo,
        replaces: Option<String>,
    ) -> Result<(), SdkError<PutItemError, HttpResponse>> {
        let request = self
            .client
            .put_item()
            .table_name(&self.table)
            .item(LOCK_ID, text(&self.lock_id))
            .item("Info", text(info.to_json()));
        let request = match replaces {
            Some(record) => request
                .condition_expression("Info = :info")
                .expression_attribute_values(":info", text(record)),
            None => request.condition_expression("attribute_not_exists(LockID)"),
        };
        request.send().await.map(|_| ())
    }

    /// Removes the lock item if it is the lock `id`.
    pub(super) async fn release(&self, id: &str) -> Result<(), StoreError> {
        let holder = self.holder().await?;
        let record = match holder {
            Some(Holder { info: Some(info), record }) if info.id == id => record,
            other => return Err(not_held(id, other)),
        };
        let answer = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key(LOCK_ID, text(&self.lock_id))
            .condition_expression("Info = :info")
            .expression_attribute_values(":info", text(record))
            .send()
            .await;
        let Err(refusal) = answer else { return Ok(()) };
        if !is_condition(&refusal) {
            return Err(self.failure("dynamodb:DeleteItem", refusal));
        }
        // Gone or another's by now: either way it was ours a call ago, and a lost answer looks the same.
        Ok(())
    }

    async fn holder(&self) -> Result<Option<Holder>, StoreError> {
        let Some(record) = self.item(&self.lock_id, "Info").await? else {
            return Ok(None);
        };
        let info = LockInfo::from_json(record.as_bytes()).ok();
        Ok(Some(Holder { info, record }))
    }

    /// The recorded digest of the state, lower case; `None` when there is none that is one.
    pub(super) async fn digest(&self) -> Result<Option<String>, StoreError> {
        let digest = self.item(&self.digest_id(), "Digest").await?;
        Ok(digest
            .filter(|digest| digest.len() == 32 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .map(|digest| digest.to_ascii_lowercase()))
    }

    /// Records the digest of the state just written.
    pub(super) async fn set_digest(&self, digest: &str) -> Result<(), StoreError> {
        self.client
            .put_item()
            .table_name(&self.table)
            .item(LOCK_ID, text(self.digest_id()))
            .item("Digest", text(digest))
            .send()
            .await
            .map_err(|error| self.failure("dynamodb:PutItem", error))?;
        Ok(())
    }

    async fn item(&self, lock_id: &str, attribute: &str) -> Result<Option<String>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(LOCK_ID, text(lock_id))
            .projection_expression(format!("{LOCK_ID}, {attribute}"))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| self.failure("dynamodb:GetItem", error))?;
        Ok(answer.item.and_then(|mut item| match item.remove(attribute) {
            Some(AttributeValue::S(value)) => Some(value),
            _ => None,
        }))
    }

    fn digest_id(&self) -> String {
        format!("{}-md5", self.lock_id)
    }

    fn failure<E>(&self, operation: &str, error: SdkError<E, HttpResponse>) -> StoreError
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        match error.code() {
            Some("ResourceNotFoundException") => StoreError::NoTable { table: self.table.clone() },
            _ => StoreError::Cloud(cloud_error(operation, error)),
        }
    }
}

fn is_condition<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    error.code() == Some("ConditionalCheckFailedException")
}

fn not_held(id: &str, holder: Option<Holder>) -> StoreError {
    StoreError::NotHeld { id: id.to_owned(), holder: holder.and_then(|holder| holder.info).map(Box::new) }
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}
