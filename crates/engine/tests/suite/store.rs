//! A state store in memory with conditional writes, which may refuse the n-th write.

use std::sync::Mutex;

use async_trait::async_trait;
use engine::holder::Life;
use engine::{HeldLock, LockError, StateStore, StoreError, Stored, Takeover, Version};
use terraform::lock::LockInfo;

/// Bytes, their version, the lock, and the writes so far.
#[derive(Default)]
pub(super) struct MemoryStore {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    stored: Option<Stored>,
    lock: Option<LockInfo>,
    writes: usize,
    refuse: Option<usize>,
    takeover: Option<Takeover>,
    intruders: Vec<Vec<u8>>,
    renewals: usize,
    unreachable: bool,
}

impl MemoryStore {
    /// Refuses the write number `n` (from 1) and every later one.
    pub(super) fn refuse_from(&self, n: usize) {
        self.inner.lock().unwrap().refuse = Some(n);
    }

    /// Takes writes again.
    pub(super) fn mend(&self) {
        self.inner.lock().unwrap().refuse = None;
    }

    /// Gives the next lock as one that was taken from a holder that is gone.
    pub(super) fn abandon(&self, from: &str, life: Life) {
        let from = LockInfo { id: from.to_owned(), ..LockInfo::default() };
        self.inner.lock().unwrap().takeover = Some(Takeover { from, life });
    }

    /// Gives the lock to somebody else.
    pub(super) fn usurp(&self, by: &str) {
        self.inner.lock().unwrap().lock = Some(LockInfo { id: by.to_owned(), ..LockInfo::default() });
    }

    /// Answers no renewal from now on, or answers again.
    pub(super) fn set_unreachable(&self, unreachable: bool) {
        self.inner.lock().unwrap().unreachable = unreachable;
    }

    /// How often the lock was to be renewed.
    pub(super) fn renewals(&self) -> usize {
        self.inner.lock().unwrap().renewals
    }

    /// Lets somebody else write just before our next write.
    pub(super) fn intrude(&self, bytes: &[u8]) {
        self.inner.lock().unwrap().intruders.push(bytes.to_vec());
    }

    /// Who holds the lock.
    pub(super) fn holder(&self) -> Option<String> {
        self.inner.lock().unwrap().lock.as_ref().map(|info| info.id.clone())
    }

    /// What is stored.
    pub(super) fn bytes(&self) -> Option<Vec<u8>> {
        self.inner.lock().unwrap().stored.as_ref().map(|stored| stored.bytes.clone())
    }

    /// Puts bytes there as somebody else would.
    pub(super) fn overwrite(&self, bytes: &[u8]) {
        let mut inner = self.inner.lock().unwrap();
        inner.stored = Some(Stored { bytes: bytes.to_vec(), version: Version("foreign".to_owned()) });
    }
}

#[async_trait]
impl StateStore for MemoryStore {
    fn describe(&self) -> String {
        "memory".to_owned()
    }

    async fn read(&self) -> Result<Option<Stored>, StoreError> {
        tokio::task::yield_now().await;
        Ok(self.inner.lock().unwrap().stored.clone())
    }

    async fn write(&self, bytes: &[u8], replaces: Option<&Version>) -> Result<Version, StoreError> {
        tokio::task::yield_now().await;
        let mut inner = self.inner.lock().unwrap();
        if let Some(bytes) = inner.intruders.pop() {
            let version = Version(format!("intruder {}", inner.intruders.len()));
            inner.stored = Some(Stored { bytes, version });
        }
        if inner.refuse.is_some_and(|n| inner.writes + 1 >= n)
            || inner.stored.as_ref().map(|s| &s.version) != replaces
        {
            return Err(StoreError::Moved);
        }
        inner.writes += 1;
        let version = Version(inner.writes.to_string());
        inner.stored = Some(Stored { bytes: bytes.to_vec(), version: version.clone() });
        Ok(version)
    }

    async fn remove(&self, replaces: &Version) -> Result<(), StoreError> {
        let mut inner = self.inner.lock().unwrap();
        if inner.stored.as_ref().map(|stored| &stored.version) != Some(replaces) {
            return Err(StoreError::Moved);
        }
        inner.stored = None;
        Ok(())
    }

    async fn lock(&self, info: &LockInfo) -> Result<Option<Takeover>, LockError> {
        let mut inner = self.inner.lock().unwrap();
        if let Some(holder) = &inner.lock {
            return Err(LockError::Held {
                holder: Some(Box::new(holder.clone())),
                life: Life::Unknown,
                message: "held".to_owned(),
            });
        }
        inner.lock = Some(info.clone());
        Ok(inner.takeover.take())
    }

    fn is_leased(&self) -> bool {
        true
    }

    async fn renew(&self, info: &LockInfo) -> Result<(), StoreError> {
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        let mut inner = self.inner.lock().unwrap();
        inner.renewals += 1;
        if inner.unreachable {
            return Err(StoreError::Moved);
        }
        match &inner.lock {
            Some(holder) if holder.id == info.id => Ok(()),
            holder => Err(StoreError::NotHeld { id: info.id.clone(), holder: holder.clone().map(Box::new) }),
        }
    }

    async fn unlock(&self, info: &LockInfo) -> Result<(), StoreError> {
        let mut inner = self.inner.lock().unwrap();
        assert_eq!(inner.lock.as_ref(), Some(info), "only the lock of the run is given back");
        inner.lock = None;
        Ok(())
    }

    async fn locks(&self) -> Result<Vec<HeldLock>, StoreError> {
        Ok(Vec::new())
    }

    async fn force_unlock(&self, _: &str) -> Result<(), StoreError> {
        self.inner.lock().unwrap().lock = None;
        Ok(())
    }

    fn lock_path(&self) -> String {
        "memory".to_owned()
    }
}
