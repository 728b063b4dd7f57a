//! Taking over what exists: which objects of a Terraform state, or of the account, are the foundation's.
//!
//! An object is known by what it is: its name, what names it, what it belongs to. Where a state records it says nothing.

mod discovery;
mod matching;
mod outcome;
#[cfg(test)]
mod tests;
mod transfer;

use terraform::{Address, Attributes};

pub use discovery::{discover, retained};
pub use matching::{Place, matches};
pub use outcome::{Outcome, Refusal, settle};
pub use transfer::{Origin, transfer};

/// An object to take over.
#[derive(Clone, Debug, PartialEq)]
pub struct Adoptee {
    /// Where underpin records it.
    pub address: Address,
    /// Where a Terraform state records it, as Terraform writes addresses; `None` for what was found in the account.
    pub from: Option<String>,
    /// What is known about it.
    pub attributes: Attributes,
    /// Whether the state that records it says that it was not made well.
    pub tainted: bool,
    /// Why it is the one.
    pub evidence: Evidence,
}

/// By what an object is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// It is called as the settings say.
    Name,
    /// The alias of that name points to it.
    Alias(String),
    /// The trail of that name encrypts with it.
    TrailKey(String),
    /// The trail of that name delivers into it.
    TrailBucket(String),
    /// Its policy lets our trail write.
    BucketPolicy,
    /// It belongs to the object of that name.
    PartOf(String),
    /// Its tag names the deployment.
    Identity(String),
}
