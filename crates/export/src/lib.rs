//! The foundation in other tools' languages: a Terraform module, a CloudFormation template, its outputs. No I/O.
//!
//! The blueprint is drawn once for stand-ins of name, account, region and the like ([`pattern`]), so that what depends on
//! them is known exactly, and then written with each language's own variables.

pub mod cloudformation;
pub mod hcl;
pub mod module;
pub mod outputs;
pub mod pattern;
pub mod remote_state;
#[cfg(test)]
mod sample;

pub use cloudformation::template;
pub use module::{Module, Provider, Unnamed, module};
pub use pattern::{Pattern, Subject};
pub use remote_state::StoredState;

/// A file of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, without directory.
    pub name: &'static str,
    /// Its text, final newline included.
    pub text: String,
}
