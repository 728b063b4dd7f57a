//! Why a text is no policy, and where.

/// A text that is no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct PolicyError {
    /// The element it is about: `policy`, `Version`, `Statement[2].Condition.StringEquals.aws:SourceArn`.
    pub path: String,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with an element.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Longer than [`Policy::MAX_BYTES`](crate::Policy::MAX_BYTES).
    #[error("is {bytes} bytes long, {limit} are allowed")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The longest that is read.
        limit: usize,
    },
    /// Not JSON at all, or nested far deeper than any policy.
    #[error("is not JSON: {problem}")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the JSON parser says, with line and column.
        problem: String,
    },
    /// A JSON key that is given twice: which one counts would depend on the reader.
    #[error("has the key `{key}` twice")]
    DuplicateKey {
        /// The key as written the second time.
        key: String,
    },
    /// A key the policy language does not have.
    #[error("has the unknown element `{element}`")]
    UnknownElement {
        /// The key as written.
        element: String,
    },
    /// An element and its `Not` form in one statement.
    #[error("has both `{element}` and `Not{element}`")]
    Conflict {
        /// `Principal`, `Action` or `Resource`.
        element: &'static str,
    },
    /// A required element is not there.
    #[error("lacks `{element}`")]
    Missing {
        /// The element.
        element: &'static str,
    },
    /// Another JSON type than the language has here.
    #[error("is {found}, expected {expected}")]
    WrongType {
        /// What the language has here.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A word that is none of the few the language has here.
    #[error("is `{value}`, expected {expected}")]
    UnknownValue {
        /// The word as written.
        value: String,
        /// The words it can be.
        expected: &'static str,
    },
}
