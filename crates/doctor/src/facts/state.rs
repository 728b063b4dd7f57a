//! The state, its bucket and its lock.

use time::OffsetDateTime;

use super::{BucketFacts, Read};

/// What was read of the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateFacts {
    /// Where it lives.
    pub place: Place,
    /// What it records.
    pub record: Read<StateRecord>,
    /// Its bucket, if it lives in one.
    pub bucket: Option<BucketFacts>,
    /// The locks that somebody holds.
    pub locks: Read<Vec<Lock>>,
    /// Whether the lock table, if there is one, keeps the digest of this state.
    pub digests: Option<Digests>,
    /// How many earlier versions there are to go back to.
    pub earlier_versions: Option<Read<usize>>,
    /// Other states near it that record a key of this foundation.
    pub others: Option<Read<Vec<RecordedState>>>,
}

/// Where a state lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file.
    Local {
        /// Its path.
        path: String,
    },
    /// An object in a bucket.
    S3 {
        /// The bucket.
        bucket: String,
        /// The object.
        key: String,
        /// The region that the backend names.
        region: String,
        /// Whether a lock object is used.
        lockfile: bool,
        /// The lock table.
        table: Option<String>,
    },
}

impl Place {
    /// As a person names it.
    pub fn name(&self) -> String {
        match self {
            Self::Local { path } => path.clone(),
            Self::S3 { bucket, key, .. } => format!("s3://{bucket}/{key}"),
        }
    }
}

/// What a state says about the foundation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateRecord {
    /// The account that its objects are in.
    pub account: Option<String>,
    /// The region that its objects are in.
    pub region: Option<String>,
    /// The id of the key.
    pub key_id: Option<String>,
    /// The log bucket.
    pub bucket: Option<String>,
}

/// Another state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedState {
    /// Where it is.
    pub place: String,
    /// The id of the key that it records.
    pub key_id: String,
}

/// DynamoDB's code for a table that there is not.
pub const NO_TABLE: &str = "ResourceNotFoundException";

/// What the lock table and the state say of the state's digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Digests {
    /// The same.
    Agree,
    /// Not the same.
    Differ {
        /// The table's.
        table: String,
        /// That of the bytes.
        state: String,
    },
}

/// A lock on the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Where its record is.
    pub place: String,
    /// Its id, if the record can be read.
    pub id: Option<String>,
    /// Who holds it: `user@host`.
    pub who: Option<String>,
    /// What for.
    pub operation: Option<String>,
    /// Since when, as the holder's clock says.
    pub created: Option<OffsetDateTime>,
    /// How many seconds ago it was written or renewed, by the store's clock.
    pub silence_seconds: Option<u64>,
    /// Whether its holder is known to work.
    pub alive: bool,
    /// Whether a run may take it over.
    pub over: bool,
}
