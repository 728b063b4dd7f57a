//! A saved plan: the plan and what it was made for, in one JSON document on a line, and the document's digest on the next.
//! It holds no secret.

use std::collections::BTreeMap;

use foundation::Resource;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use terraform::{State, Value};

use crate::plan::{Plan, Prior};

/// The format this version writes and reads.
const FORMAT: &str = "underpin-plan/3";

/// The largest plan file that is read, in bytes.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// A plan with what it was made for and from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanFile {
    format: String,
    /// The version that made it.
    pub underpin_version: String,
    /// What it was made for and from.
    pub basis: Basis,
    /// The plan.
    pub plan: Plan,
}

/// What a plan was made for and from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// The account it is for.
    pub account_id: String,
    /// The ARN of whoever made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// The profile it was made with, where one was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The region of the regional resources.
    pub region: String,
    /// The workspace.
    pub workspace: String,
    /// Where its state lives; empty when nothing was looked at. A state that does not exist yet has nothing else to be known by.
    pub state: String,
    /// When it was made: RFC 3339 in UTC, to the second.
    pub timestamp: String,
    /// Whether it was made without a look at state and AWS, so that it only shows what a first apply would make.
    pub offline: bool,
    /// The value of every setting, defaults included.
    pub variables: BTreeMap<String, Value>,
    /// The resources as the settings want them.
    pub resources: Vec<Resource>,
}

/// A plan file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// It is no plan of ours.
    #[error("not a plan file of underpin: {0}")]
    Unreadable(serde_json::Error),
    /// Terraform saved it.
    #[error("the plan was saved by Terraform, and only Terraform can read it")]
    Terraforms,
    /// It is not as it was written.
    #[error("the plan file is damaged: its content does not fit its digest")]
    Damaged,
    /// Another version made it.
    #[error("the plan has the format `{0}`, this version reads `{FORMAT}`")]
    Format(String),
    /// It says something that this version does not know.
    #[error("the plan has `{0}`, which this version does not know")]
    Unknown(String),
    /// It was made without a look at what there is.
    #[error("the plan was made with -offline, without a look at state and AWS")]
    Offline,
    /// The state has another lineage.
    #[error("the saved plan does not belong to this state")]
    OtherState,
    /// The state was written since.
    #[error("the state was written since the plan was made: serial {planned} then, {now} now")]
    Stale {
        /// The serial the plan was made from.
        planned: u64,
        /// The state's serial.
        now: u64,
    },
}

/// How a zip archive begins; Terraform saves plans as one.
const ZIP: &[u8] = b"PK\x03\x04";

/// The path of the first field of `written` that is not in `understood`.
fn unknown(written: &Value, understood: &Value) -> Option<String> {
    match (written, understood) {
        (Value::Object(written), Value::Object(understood)) => written.iter().find_map(|(name, value)| {
            let Some(other) = understood.get(name) else { return Some(name.clone()) };
            unknown(value, other).map(|rest| format!("{name}.{rest}"))
        }),
        (Value::Array(written), Value::Array(understood)) => written
            .iter()
            .zip(understood)
            .enumerate()
            .find_map(|(at, (value, other))| unknown(value, other).map(|rest| format!("{at}.{rest}"))),
        _ => None,
    }
}

/// Only the format, so that a plan of another version is told apart from a file that is no plan.
#[derive(Deserialize)]
struct Header {
    format: String,
}

impl PlanFile {
    /// A plan made now.
    pub fn new(plan: Plan, basis: Basis) -> Self {
        let underpin_version = env!("CARGO_PKG_VERSION").to_owned();
        Self { format: FORMAT.to_owned(), underpin_version, basis, plan }
    }

    /// The text of the file.
    ///
    /// # Errors
    /// A value has no JSON form.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec(self)?;
        let digest = digest(&bytes);
        bytes.extend(digest.into_bytes());
        Ok(bytes)
    }

    /// Reads a plan file.
    ///
    /// # Errors
    /// It is no plan, one of another format, or damaged.
    pub fn parse(bytes: &[u8]) -> Result<Self, PlanFileError> {
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let (text, rest) = bytes.split_at(end);
        if text.starts_with(ZIP) {
            return Err(PlanFileError::Terraforms);
        }
        let header: Header = serde_json::from_slice(text).map_err(PlanFileError::Unreadable)?;
        if header.format != FORMAT {
            return Err(PlanFileError::Format(header.format));
        }
        if rest != digest(text).as_bytes() {
            return Err(PlanFileError::Damaged);
        }
        let plan: Self = serde_json::from_slice(text).map_err(PlanFileError::Unreadable)?;
        plan.check_whole(text)?;
        Ok(plan)
    }

    /// What a plan says and this version does not know must not be left out in silence when it is applied.
    fn check_whole(&self, text: &[u8]) -> Result<(), PlanFileError> {
        let written: Value = serde_json::from_slice(text).map_err(PlanFileError::Unreadable)?;
        let understood = serde_json::to_value(self).map_err(PlanFileError::Unreadable)?;
        match unknown(&written, &understood) {
            Some(place) => Err(PlanFileError::Unknown(place)),
            None => Ok(()),
        }
    }

    /// Whether `state` is still the state that the plan was made from. A plan made where there was none fits only there.
    ///
    /// # Errors
    /// It has moved on, or is another one.
    pub fn check(&self, state: &State, exists: bool) -> Result<(), PlanFileError> {
        let Prior { lineage, serial } = &self.plan.prior;
        if *serial == 0 && !exists {
            return Ok(());
        }
        if *serial != 0 && *lineage != state.lineage {
            return Err(PlanFileError::OtherState);
        }
        if *serial != state.serial || !exists {
            return Err(PlanFileError::Stale {
                planned: *serial,
                now: if exists { state.serial } else { 0 },
            });
        }
        Ok(())
    }
}

/// What follows the document: the end of its line, and a line with its digest.
fn digest(text: &[u8]) -> String {
    let hex: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\nsha256 {hex}\n")
}
