//! A role as a principal.

/// A role as a principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Role {
    /// Its name.
    pub(super) name: String,
    /// Its ARN, by which policies name it.
    pub(super) arn: String,
}
