//! The IAM policy language: parse, evaluate, explain, difference, canonical form, lint.
//!
//! A leaf without I/O: text in, values out.
//!
//! | to | use |
//! |---|---|
//! | read a policy | [`Policy::parse`] |
//! | decide a request, and know which statements decide it | [`evaluate`] |
//! | know what a request lacks | [`missing`] |
//! | know whether anybody of an account could do something | [`somebody`] |
//! | know who gains what by a change, with a request that shows it | [`difference`] |
//! | know whether two policies mean the same | [`Policy::means_the_same`] |
//! | find mistakes and dangers | [`lint`] |
//! | know what actions and condition keys AWS has | [`mod@reference`] |

mod arn;
mod canonical;
mod comparison;
mod condition;
mod condition_key;
mod date;
mod difference;
mod document;
mod error;
mod evaluate;
mod grant;
mod json;
mod kind;
mod lint;
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
mod resource_type;
mod somebody;
mod statement;

pub use canonical::OrphanedPrincipal;
pub use condition::{ConditionTest, Conditions};
pub use difference::{Attachment, Direction, PermissionChange, Scope, Undecided, Witness, difference};
pub use document::{Policy, Version};
pub use error::{PolicyError, Reason};
pub use evaluate::{Deciding, Decision, Layer, Policies, PolicyPlace, Verdict, evaluate};
pub use grant::Grant;
pub use kind::Kind;
pub use lint::{Finding, Rule, Severity, lint};
pub use marks::Mark;
pub use missing::{FailedTest, Lack, Missing, Near, missing};
pub use prepared::Prepared;
pub use principal::Principal;
pub use request::{Context, Request};
pub use somebody::{Somebody, somebody};
pub use statement::{Effect, Element, Statement};

#[cfg(test)]
mod sample;
