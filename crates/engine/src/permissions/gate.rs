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
    /// Whether it stops a gain.
    pub fn stops(self, entry: &Entry) -> bool {
        let has = |mark: Mark| entry.marks.contains(&mark);
        entry.is_gain
            && match self {
                Self::Public => has(Mark::Public),
                Self::Accounts => has(Mark::Public) || has(Mark::Account),
                Self::Any => true,
            }
    }
}

/// What of the changes a gate stops. What cannot be read may be anything.
pub fn widening(permissions: &[Permission], gate: Gate) -> Vec<&Permission> {
    permissions
        .iter()
        .filter(|permission| {
            permission.entries.is_empty() || permission.entries.iter().any(|entry| gate.stops(entry))
        })
        .collect()
}
