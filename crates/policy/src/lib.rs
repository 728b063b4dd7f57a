//! The IAM policy language: parse, canonical form, equality of meaning, difference.
//!
//! A leaf without I/O: text in, values out. What AWS itself checks when a policy is written (that a principal
//! exists, that an action is spelled right) is not checked here.

mod arn;
mod canonical;
mod condition;
mod cover;
mod difference;
mod document;
mod error;
mod json;
mod operator;
mod pattern;
mod phrase;
mod principal;
mod reader;
mod statement;

pub use canonical::OrphanedPrincipal;
pub use condition::{ConditionTest, Conditions};
pub use difference::{Direction, PermissionChange, Scope, difference};
pub use document::{Policy, Version};
pub use error::{PolicyError, Reason};
pub use principal::Principal;
pub use statement::{Effect, Element, Statement};

#[cfg(test)]
mod sample;
