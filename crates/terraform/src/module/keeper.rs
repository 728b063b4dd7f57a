//! A block inside of `terraform` that says where or how the state is kept.

use std::fmt;

use super::Backend;
use crate::backend::{Configuration, Kind};
use crate::tfvars::Assignment;
use crate::{Diagnostic, Location};

/// One such block.
#[derive(Debug)]
pub(super) struct Keeper {
    /// What it is.
    pub keeping: Keeping,
    /// Where it begins.
    pub location: Location,
}

/// What keeps the state.
#[derive(Debug)]
pub(super) enum Keeping {
    /// `backend "TYPE"`, with its arguments or what is wrong with them.
    Backend {
        /// The type.
        name: String,
        /// What is in the block; it is looked at only if no other block takes its place.
        arguments: Result<Vec<Assignment>, Vec<Diagnostic>>,
    },
    /// `cloud`: HCP Terraform.
    Cloud,
    /// `state_store "TYPE"`: a provider.
    StateStore(String),
    /// `encryption`: OpenTofu encrypts what a backend holds.
    Encryption,
    /// Another block; a later release of Terraform may mean a place by it.
    Unknown(String),
}

impl fmt::Display for Keeping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Backend { name, .. } => write!(f, "a backend \"{name}\""),
            Self::Cloud => f.write_str("a cloud block"),
            Self::StateStore(name) => write!(f, "a state_store \"{name}\""),
            Self::Encryption => f.write_str("an encryption block"),
            Self::Unknown(name) => write!(f, "a block `{name}`"),
        }
    }
}

impl Keeping {
    /// What a block of this name and with these labels is; `None` for one that has nothing to do with the state.
    pub(super) fn of(
        block: &str,
        labels: &[String],
        arguments: impl FnOnce() -> Result<Vec<Assignment>, Vec<Diagnostic>>,
    ) -> Option<Self> {
        let label = || labels.first().cloned().unwrap_or_default();
        Some(match block {
            "required_providers" | "provider_meta" => return None,
            "backend" => Self::Backend { name: label(), arguments: arguments() },
            "cloud" => Self::Cloud,
            "state_store" => Self::StateStore(label()),
            "encryption" => Self::Encryption,
            other => Self::Unknown(other.to_owned()),
        })
    }

    /// How many labels a block of this name has to have, as far as that is known.
    pub(super) fn labels(block: &str) -> Option<usize> {
        match block {
            "backend" | "state_store" => Some(1),
            "terraform" | "cloud" => Some(0),
            _ => None,
        }
    }
}

impl Keeper {
    /// Whether it names a place, so that another one that does contradicts it or takes its place.
    pub(super) fn names_a_place(&self) -> bool {
        matches!(self.keeping, Keeping::Backend { .. } | Keeping::Cloud | Keeping::StateStore(_))
    }

    /// Why nothing can be done in this directory, whatever other blocks say.
    pub(super) fn refused_anywhere(&self) -> Option<Diagnostic> {
        match &self.keeping {
            Keeping::Encryption => Some(
                self.error(
                    "Unsupported state encryption",
                    "OpenTofu encrypts the state of this directory. underpin would write it readable for everyone who \
                     may read the bucket.",
                )
                .hint(
                    "let S3 encrypt it instead (encrypt = true, kms_key_id), and take the encryption block out once \
                     tofu has written the state unencrypted",
                ),
            ),
            Keeping::Unknown(name) => Some(
                self.error(
                    "Unsupported block type",
                    format!(
                        "Blocks of type \"{name}\" are not expected here. It may say where the state is kept, so that \
                         nothing is done."
                    ),
                )
                .hint("take the block out, or run underpin in a directory of its own"),
            ),
            Keeping::Backend { .. } | Keeping::Cloud | Keeping::StateStore(_) => None,
        }
    }

    /// The backend.
    pub(super) fn backend(&self) -> Result<Backend, Vec<Diagnostic>> {
        match &self.keeping {
            Keeping::Backend { name, arguments } => {
                let kind = Kind::named(name).ok_or_else(|| vec![self.unsupported(name)])?;
                let configuration = Configuration::of_block(kind, arguments.clone()?);
                Ok(Backend { kind, configuration, location: self.location.clone() })
            }
            Keeping::StateStore(name) => Err(vec![self.elsewhere(&format!(
                "The state is kept by the state_store \"{name}\" of a provider (`state_store`)."
            ))]),
            _ => Err(vec![self.elsewhere("The state is kept in HCP Terraform (`cloud`).")]),
        }
    }

    fn unsupported(&self, name: &str) -> Diagnostic {
        let detail =
            format!("The state is kept in the backend \"{name}\". underpin can keep it in s3 or local.");
        self.error("Unsupported backend type", detail).hint(ELSEWHERE)
    }

    fn elsewhere(&self, place: &str) -> Diagnostic {
        self.error("Unsupported place of the state", format!("{place} underpin can keep it in s3 or local."))
            .hint(ELSEWHERE)
    }

    fn error(&self, summary: &str, detail: impl Into<String>) -> Diagnostic {
        Diagnostic::error(summary, detail).at(Some(self.location.clone()))
    }
}

/// The way out of a directory whose state is kept where underpin keeps none.
const ELSEWHERE: &str = "run underpin in a directory of its own, with the backend file of an S3 bucket: underpin init \
                         -backend-config=FILE";
