//! What a comparison could not decide, and why.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

/// Why it cannot be told whether somebody gains or loses something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Undecided {
    /// These policy variables have more combinations of values that may matter than are looked at.
    Variables(Vec<String>),
    /// The wildcard patterns of the resources, or of the values of a condition key, overlap in more ways than are looked at.
    Patterns(Option<String>),
    /// The values that a condition key has at once may be combined in more ways than are looked at.
    Sets(String),
    /// The values of a condition key are compared as texts with wildcards, and as numbers, dates or addresses.
    Types(String),
    /// A policy variable is compared with the values of a condition key as a number, a date, an address or a truth: AWS puts
    /// values in place of variables for texts and ARNs alone (IAM user guide, `reference_policies_variables`).
    Typed(String),
    /// The statements overlap in more parts than are looked at.
    Parts,
    /// None of the requests that were tried shows it.
    Unshown,
}

impl Display for Undecided {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variables(keys) => {
                let written: Vec<String> = keys.iter().map(|key| format!("${{{key}}}")).collect();
                write!(formatter, "the values of {} can be combined in too many ways", written.join(", "))
            }
            Self::Patterns(None) => {
                formatter.write_str("the wildcards of the resources overlap in too many ways")
            }
            Self::Patterns(Some(key)) => {
                write!(formatter, "the wildcards that {key} is compared with overlap in too many ways")
            }
            Self::Sets(key) => write!(formatter, "the values of {key} can be combined in too many ways"),
            Self::Types(key) => {
                write!(
                    formatter,
                    "{key} is compared with wildcards, and as a number, a date or an address as well"
                )
            }
            Self::Typed(key) => {
                write!(
                    formatter,
                    "{key} is compared with a policy variable, and neither as a text nor as an ARN"
                )
            }
            Self::Parts => formatter.write_str("the statements overlap in too many ways"),
            Self::Unshown => formatter.write_str("no request was found that shows it"),
        }
    }
}

/// What came up while two policies were laid out.
#[derive(Debug, Default)]
pub(super) struct Doubts(RefCell<BTreeSet<Undecided>>);

impl Doubts {
    pub(super) fn add(&self, doubt: Undecided) {
        self.0.borrow_mut().insert(doubt);
    }

    pub(super) fn all(&self) -> Vec<Undecided> {
        self.0.borrow().iter().cloned().collect()
    }
}
