//! The IAM policy language: parse, canonical form, equality of meaning, difference, evaluation.
//!
//! A leaf without I/O: text in, values out. What AWS itself checks when a policy is written (that a principal
//! exists, that an action is spelled right) is not checked here.

mod arn;
mod canonical;
mod comparison;
mod condition;
mod date;
mod difference;
mod document;
mod error;
mod evaluate;
mod grant;
mod json;
mod kind;
mod marks;
mod missing;
mod operator;
mod party;
mod pattern;
mod phrase;
mod prepared;
mod principal;
mod reader;
pub mod reference;
mod request;
mod statement;

pub use canonical::OrphanedPrincipal;
pub use condition::{ConditionTest, Conditions};
pub use difference::{Attachment, Direction, PermissionChange, Scope, Witness, difference};
pub use document::{Policy, Version};
pub use error::{PolicyError, Reason};
pub use evaluate::{Deciding, Decision, Layer, Policies, PolicyPlace, Verdict, evaluate};
pub use grant::Grant;
pub use kind::Kind;
pub use marks::Mark;
pub use missing::{FailedTest, Lack, Missing, Near, missing};
pub use prepared::Prepared;
pub use principal::Principal;
pub use request::{Context, Request};
pub use statement::{Effect, Element, Statement};

#[cfg(test)]
mod sample;
