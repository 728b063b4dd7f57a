//! The lock as an object beside the state: `KEY.tflock`.

use std::sync::{Mutex, PoisonError};

use engine::{LockError, StoreError, Takeover};
use terraform::holder::Life;
use terraform::lock::LockInfo;

use super::objects::{Condition, Object, Objects, PutError, Removal, backoff};
use crate::store::process;

/// How often the lock is tried while others take and give it back.
const TRIES: u32 = 4;

/// The lock object of one state.
pub(super) struct LockObject {
    pub(super) key: String,
    /// The id of the lock that this run took, and its ETag.
    taken: Mutex<Option<(String, String)>>,
}

impl LockObject {
    pub(super) fn new(state_key: &str) -> Self {
        Self { key: format!("{state_key}.tflock"), taken: Mutex::new(None) }
    }

    /// Makes the object if there is none, or writes over that of a holder that is gone.
    pub(super) async fn take(
        &self,
        objects: &Objects,
        info: &LockInfo,
    ) -> Result<Option<Takeover>, LockError> {
        let record = info.to_json();
        let mut tries = TRIES;
        let mut stale: Option<(String, Takeover)> = None;
        loop {
            tries -= 1;
            let condition = stale.as_ref().map_or(Condition::Absent, |(etag, _)| Condition::Matches(etag));
            let refusal = match objects.put(&self.key, record.as_bytes(), condition).await {
                Ok(etag) => {
                    self.remember(info, etag);
                    return Ok(stale.map(|(_, takeover)| takeover));
                }
                Err(PutError::Failed(error)) => return Err(error.into()),
                Err(refusal) => refusal,
            };
            // The holder may be ourselves: an answer was lost and the SDK asked again.
            let object = match objects.get(&self.key).await {
                Ok(object) => object,
                Err(unread) => return Err(refusal.or(unread).into()),
            };
            let holder = object.as_ref().and_then(holder_of);
            let life = holder.as_ref().map_or(Life::Unknown, |holder| process::life(holder, None));
            match (refusal, object, holder) {
                (_, Some(object), Some(holder)) if holder.id == info.id => {
                    self.remember(info, object.etag);
                    return Ok(stale.map(|(_, takeover)| takeover));
                }
                (PutError::Condition(_), Some(object), Some(from)) if life.is_over() && tries > 0 => {
                    stale = Some((object.etag, Takeover { from, life }));
                }
                (PutError::Condition(message), object, holder) if object.is_some() || tries == 0 => {
                    let holder = holder.map(Box::new);
                    return Err(LockError::Held { holder, life, message });
                }
                (PutError::Ambiguous(error) | PutError::Failed(error), ..) => return Err(error.into()),
                (PutError::Busy(error), ..) if tries == 0 => return Err(error.into()),
                (PutError::Condition(_), ..) => {
                    stale = None;
                    (objects.pause)(backoff(tries)).await;
                }
                (PutError::Busy(_), ..) => (objects.pause)(backoff(tries)).await,
            }
        }
    }

    /// Removes the object if it is the lock `id`.
    pub(super) async fn release(&self, objects: &Objects, id: &str) -> Result<(), StoreError> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner).take();
        let etag = match taken {
            Some((taken, etag)) if taken == id => etag,
            _ => self.verify(objects, id).await?,
        };
        let removal = objects.remove(&self.key, Some(&etag)).await?;
        let removal = match removal {
            Removal::Unconditional => {
                self.verify(objects, id).await?;
                objects.remove(&self.key, None).await?
            }
            removal => removal,
        };
        match removal {
            Removal::Done => Ok(()),
            Removal::Gone | Removal::Changed | Removal::Unconditional => {
                Err(StoreError::NotHeld { id: id.to_owned(), holder: self.holder(objects).await? })
            }
        }
    }

    /// The ETag of the object, if it is the lock `id`.
    async fn verify(&self, objects: &Objects, id: &str) -> Result<String, StoreError> {
        let object = objects.get(&self.key).await?;
        let holder = object.as_ref().and_then(holder_of);
        match (object, holder) {
            (Some(object), Some(holder)) if holder.id == id => Ok(object.etag),
            (_, holder) => Err(StoreError::NotHeld { id: id.to_owned(), holder: holder.map(Box::new) }),
        }
    }

    async fn holder(&self, objects: &Objects) -> Result<Option<Box<LockInfo>>, StoreError> {
        let object = objects.get(&self.key).await?;
        Ok(object.as_ref().and_then(holder_of).map(Box::new))
    }

    fn remember(&self, info: &LockInfo, etag: String) {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) = Some((info.id.clone(), etag));
    }
}

fn holder_of(object: &Object) -> Option<LockInfo> {
    LockInfo::from_json(&object.bytes).ok()
}
