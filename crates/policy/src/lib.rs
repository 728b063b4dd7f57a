//! The IAM policy language: parse, canonical form, equality of meaning, difference, evaluation.
//!
//! A leaf without I/O: text in, values out. What AWS itself checks when a policy is written (that a principal
//! exists, that an action is spelled right) is not checked here.

mod arn;
mod canonical;
mod comparison;
mod condition;
mod cover;
mod date;
mod difference;
mod document;
mod error;
mod evaluate;
mod json;
mod operator;
mod pattern;
mod phrase;
mod principal;
mod reader;
mod request;
mod statement;

pub use canonical::OrphanedPrincipal;
pub use condition::{ConditionTest, Conditions};
pub use difference::{Direction, PermissionChange, Scope, difference};
pub use document::{Policy, Version};
pub use error::{PolicyError, Reason};
pub use evaluate::{Deciding, Decision, Policies, PolicyPlace, Verdict, evaluate};
pub use principal::Principal;
pub use request::{Context, Request};
pub use statement::{Effect, Element, Statement};

#[cfg(test)]
mod sample;
