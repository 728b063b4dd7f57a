//! A policy document.

use serde_json::{Map, Value};

use crate::statement::Statement;

/// The version of the policy language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// `2008-10-17`, which a policy without version has: `${aws:username}` is plain text.
    V2008,
    /// `2012-10-17`: `${aws:username}` is a policy variable.
    V2012,
}

impl Version {
    /// As written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
        }
    }
}

/// A policy: identity policy, trust policy, or the policy of a key, bucket or repository.
///
/// Strings are kept as written. A template such as `${aws_kms_key.main.arn}` is ordinary text: a policy variable has
/// a colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// As written, `None` if absent.
    pub version: Option<Version>,
    /// The policy's name.
    pub id: Option<String>,
    /// In the order written.
    pub statements: Vec<Statement>,
}

impl Policy {
    /// The longest text that is read: more than the KMS API model allows a key's policy, and than the longest of AWS's managed
    /// policies has, which its own limits do not bind (`ReadOnlyAccess`: 150 kB).
    pub const MAX_BYTES: usize = 512 * 1024;

    /// A policy of version `2012-10-17`.
    pub fn new(statements: impl IntoIterator<Item = Statement>) -> Self {
        Self { version: Some(Version::V2012), id: None, statements: statements.into_iter().collect() }
    }

    /// Compact JSON: keys in AWS's usual order, lists of one as strings, everything else in the order given.
    pub fn to_json(&self) -> String {
        let mut object = Map::new();
        if let Some(version) = self.version {
            object.insert("Version".to_owned(), version.name().into());
        }
        if let Some(id) = &self.id {
            object.insert("Id".to_owned(), id.as_str().into());
        }
        let statements = self.statements.iter().map(Statement::to_value).collect();
        object.insert("Statement".to_owned(), Value::Array(statements));
        Value::Object(object).to_string()
    }
}

#[cfg(test)]
mod tests;
