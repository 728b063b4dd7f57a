//! What a comparison is about.

use super::family::Filling;
use super::undecided::Doubts;
use crate::kind::Kind;

/// What a policy is, and of whom.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub kind: Kind,
    /// The account that the resource belongs to.
    pub owner: Option<&'a str>,
    /// The resources that hold the audit logs, if they are known.
    pub logs: Option<&'a [String]>,
    pub filling: &'a Filling,
    /// Where what cannot be decided is noted.
    pub doubts: &'a Doubts,
}
