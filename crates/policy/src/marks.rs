//! What is dangerous about a gain.

use std::fmt;

/// Something dangerous about a gain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Everyone gains, whoever they are.
    Public,
    /// Another account gains.
    Account,
    /// All actions of a service, or all but some.
    Wildcard,
    /// Whoever has it can give itself more.
    Escalation,
    /// Whoever has it may change the policy itself.
    SelfChange,
    /// A grant of others.
    Foreign,
    /// Whoever has it can delete or shorten logs.
    Protection,
}

impl Mark {
    /// As written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Account => "account",
            Self::Wildcard => "wildcard",
            Self::Escalation => "escalation",
            Self::SelfChange => "self",
            Self::Foreign => "foreign",
            Self::Protection => "protection",
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
