//! The state store as the engine sees it: bytes with a version, and a lock.

use std::time::Duration;

use crate::holder::Life;
use async_trait::async_trait;
use terraform::lock::LockInfo;

/// Where a state lives.
#[async_trait]
pub trait StateStore: Send + Sync {
    /// How a person names the place: `s3://bucket/key`, `terraform.tfstate`.
    fn describe(&self) -> String;

    /// Reads the state; `None` when there is none.
    async fn read(&self) -> Result<Option<Stored>, StoreError>;

    /// Looks at the state once, before the lock is ours: a state that somebody is writing is an error.
    async fn glance(&self) -> Result<Option<Stored>, StoreError> {
        self.read().await
    }

    /// Reads the state, which need not be sent again where it still is what a glance saw.
    async fn read_after(&self, _glanced: Option<&Stored>) -> Result<Option<Stored>, StoreError> {
        self.read().await
    }

    /// Writes the state over exactly the version `replaces` (`None`: only where there is none) and answers the new version.
    async fn write(&self, bytes: &[u8], replaces: Option<&Version>) -> Result<Version, StoreError>;

    /// Removes the state in exactly the version `replaces`, with what the store keeps about it; the lock stays.
    async fn remove(&self, replaces: &Version) -> Result<(), StoreError>;

    /// Takes the lock once, without waiting; from a holder that is gone too, and says so then.
    async fn lock(&self, info: &LockInfo) -> Result<Option<Takeover>, LockError>;

    /// Whether locks last only while they are renewed, and not as long as their process.
    fn is_leased(&self) -> bool;

    /// Renews the lock taken with `info`; [`StoreError::NotHeld`] when somebody took it away.
    async fn renew(&self, info: &LockInfo) -> Result<(), StoreError>;

    /// Gives back the lock taken with `info`.
    async fn unlock(&self, info: &LockInfo) -> Result<(), StoreError>;

    /// The locks that somebody holds, as many as there are kinds of them; takes none.
    async fn locks(&self) -> Result<Vec<HeldLock>, StoreError>;

    /// Removes every lock with that id, whoever took it; [`UNREADABLE`] stands for those whose record has none.
    async fn force_unlock(&self, id: &str) -> Result<(), StoreError>;

    /// Fills in `Path` of a lock record for this store.
    fn lock_path(&self) -> String;
}

/// The id by which a lock is removed whose record cannot be read.
pub const UNREADABLE: &str = "unreadable";

/// The bytes of a state and the version they have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// What a conditional write names.
    pub version: Version,
}

/// A store's own mark of one version of the state (an S3 ETag).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub String);

/// A lock that was taken from a holder that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Takeover {
    /// The holder's record.
    pub from: LockInfo,
    /// Why the holder counts as gone.
    pub life: Life,
}

/// A lock that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLock {
    /// Where its record is.
    pub place: String,
    /// The holder's record, when it can be read.
    pub holder: Option<LockInfo>,
    /// Whether the holder still works.
    pub life: Life,
    /// How long ago it was written or renewed, by the store's clock, when that is known.
    pub silence: Option<Duration>,
}

/// A lock that was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody holds it.
    #[error("the state is locked")]
    Held {
        /// The holder's record, when it can be read.
        holder: Option<Box<LockInfo>>,
        /// Whether it still works.
        life: Life,
        /// The store's own error, as Terraform prints it.
        message: String,
    },
    /// The store could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A failed access to the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody wrote the state since we read it.
    #[error("the state was written by somebody else since it was read")]
    Moved,
    /// The bucket does not exist.
    #[error("the state bucket `{bucket}` does not exist")]
    NoBucket {
        /// Its name.
        bucket: String,
    },
    /// The lock table does not exist.
    #[error("the lock table `{table}` does not exist")]
    NoTable {
        /// Its name.
        table: String,
    },
    /// The bucket is in another region than the backend names.
    #[error("the state bucket `{bucket}` is in {}", region.as_deref().unwrap_or("another region"))]
    WrongRegion {
        /// Its name.
        bucket: String,
        /// Where it is, when S3 said so.
        region: Option<String>,
    },
    /// The store ignores or refuses conditions on writes, so that two writers could overwrite each other.
    #[error("{place} does not support conditional writes: {source}")]
    NoConditionalWrites {
        /// The endpoint or the bucket.
        place: String,
        /// What it answered.
        source: Box<crate::cloud::CloudError>,
    },
    /// The state is larger than is read or written.
    #[error("the state at {place} is larger than {limit} bytes")]
    TooLarge {
        /// Where it is.
        place: String,
        /// The most that is handled.
        limit: usize,
    },
    /// The lock to give back is not the one we took; it was left alone.
    #[error("the lock is not held with id `{id}`")]
    NotHeld {
        /// The id we took it with.
        id: String,
        /// Who holds it now, when anybody does.
        holder: Option<Box<LockInfo>>,
    },
    /// There is a lock whose record cannot be read, so that nobody can tell whose it is; it was left alone.
    #[error("the lock record {place} cannot be read")]
    UnreadableLock {
        /// Where the record is.
        place: String,
    },
    /// The lock cannot be taken away: it lasts exactly as long as the process that holds it.
    #[error("the lock on {place} lasts as long as the process that holds it")]
    LockOfProcess {
        /// The state.
        place: String,
    },
    /// The digest in the lock table and the state disagree.
    #[error("the state's digest is {actual}, the lock table says {expected}")]
    Digest {
        /// From the table.
        expected: String,
        /// Of the bytes.
        actual: String,
    },
    /// A call failed.
    #[error(transparent)]
    Cloud(#[from] crate::cloud::CloudError),
    /// A file operation failed.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: std::path::PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
}
