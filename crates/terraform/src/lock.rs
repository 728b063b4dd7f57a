//! The record of who holds a state lock, as Terraform writes it.

use serde::{Deserialize, Serialize};

/// Terraform's lock record; field names are its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LockInfo {
    /// A UUID.
    #[serde(rename = "ID")]
    pub id: String,
    /// `OperationTypeApply` and the like.
    pub operation: String,
    /// Free text, empty in Terraform.
    pub info: String,
    /// `user@host`.
    pub who: String,
    /// The writer's version.
    pub version: String,
    /// RFC 3339, UTC, nanoseconds.
    pub created: String,
    /// `BUCKET/KEY`, or the state file's path.
    pub path: String,
}
