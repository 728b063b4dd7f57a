//! `-no-widening`: what a plan must not widen.

use policy::Mark;

use super::{Entry, Permission};

/// How much widening is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// For everyone.
    Public,
    /// For other accounts, and for everyone.
    Accounts,
    /// Any.
    Any,
}

impl Gate {
    /// Whether it stops a gain. What is not decided may be any.
    pub fn stops(self, entry: &Entry) -> bool {
        let has = |mark: Mark| entry.marks.contains(&mark);
        entry.is_gain
            && match self {
                _ if !entry.undecided.is_empty() => true,
                Self::Public => has(Mark::Public),
                Self::Accounts => has(Mark::Public) || has(Mark::Account),
                Self::Any => true,
            }
    }
}

/// What of the changes a gate stops.
pub fn widening(permissions: &[Permission], gate: Gate) -> Vec<&Permission> {
    permissions.iter().filter(|permission| permission.entries.iter().any(|entry| gate.stops(entry))).collect()
}
