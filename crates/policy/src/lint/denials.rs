//! The denials of a policy that may take back something of what a statement allows.

use std::collections::HashSet;

use crate::document::Policy;
use crate::party::{Party, Role};
use crate::pattern::Glob;
use crate::prepared::action_glob;
use crate::principal::Principal;
use crate::statement::{Effect, Element, Statement};

/// The denials of a policy.
pub(super) struct Denials<'a>(Vec<(&'a Statement, Subject<'a>)>);

impl<'a> Denials<'a> {
    pub(super) fn of(policy: &'a Policy) -> Self {
        let denials = policy.statements.iter().filter(|statement| statement.effect == Effect::Deny);
        Self(denials.map(|statement| (statement, Subject::of(statement))).collect())
    }

    /// Those that may be about a request that this statement is about; never wrongly without one.
    pub(super) fn near(&self, statement: &Statement) -> impl Iterator<Item = &'a Statement> {
        let subject = Subject::of(statement);
        let near = self.0.iter().filter(move |(_, denied)| denied.may_meet(&subject));
        near.map(|(statement, _)| *statement)
    }
}

/// What a statement is about; `None` for all but some, and for whatever there is.
struct Subject<'a> {
    people: Option<HashSet<Somebody>>,
    /// With their names in lower case.
    actions: Option<Vec<(String, Glob)>>,
    resources: Option<Vec<Ends<'a>>>,
}

impl<'a> Subject<'a> {
    fn of(statement: &'a Statement) -> Self {
        let action = |text: &String| (text.to_ascii_lowercase(), action_glob(text));
        Self {
            people: named(&statement.principal)
                .and_then(|named| named.iter().map(Somebody::of).collect::<Option<_>>()),
            actions: named(&statement.action).map(|named| named.iter().map(action).collect()),
            resources: named(&statement.resource)
                .map(|named| named.iter().map(|text| Ends::of(text)).collect()),
        }
    }

    fn may_meet(&self, other: &Self) -> bool {
        let people = both(&self.people, &other.people);
        people.is_none_or(|(one, other)| includes_one_of(one, other) || includes_one_of(other, one))
            && both(&self.actions, &other.actions).is_none_or(|(one, other)| any(one, other, share_action))
            && both(&self.resources, &other.resources)
                .is_none_or(|(one, other)| any(one, other, Ends::may_meet))
    }
}

/// The items of an element that names what it is about.
fn named<T>(element: &Option<Element<T>>) -> Option<&[T]> {
    match element {
        Some(Element::Only(items)) => Some(items),
        _ => None,
    }
}

fn both<'a, T>(one: &'a Option<T>, other: &'a Option<T>) -> Option<(&'a T, &'a T)> {
    one.as_ref().zip(other.as_ref())
}

fn any<T>(one: &[T], other: &[T], meet: impl Fn(&T, &T) -> bool) -> bool {
    one.iter().any(|one| other.iter().any(|other| meet(one, other)))
}

fn share_action((name, glob): &(String, Glob), (other, other_glob): &(String, Glob)) -> bool {
    let is_wild = |text: &str| text.contains(['*', '?']);
    is_wild(name) && is_wild(other) || glob.matches(other) || other_glob.matches(name)
}

/// Somebody named: of two, nobody is both, unless they are the same or one is the account of the other.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Somebody {
    Account(String),
    /// Also its sessions.
    Role(Role),
    Other(Party),
}

impl Somebody {
    /// `None` for everyone.
    fn of(named: &Principal) -> Option<Self> {
        match Party::new(named) {
            Party::Everyone => None,
            Party::Account(account) => Some(Self::Account(account)),
            Party::Role { role, .. } | Party::Session { role, .. } => Some(Self::Role(role)),
            other => Some(Self::Other(other)),
        }
    }

    /// The account that this is of.
    fn account(&self) -> Option<Self> {
        match self {
            Self::Account(_) => None,
            Self::Role(role) => Some(Self::Account(role.account.clone())),
            Self::Other(party) => party.account().map(|account| Self::Account(account.to_owned())),
        }
    }
}

/// Whether one of these is among those, or its account is.
fn includes_one_of(those: &HashSet<Somebody>, these: &HashSet<Somebody>) -> bool {
    let is_in =
        |one: &Somebody| those.contains(one) || one.account().is_some_and(|account| those.contains(&account));
    these.iter().any(is_in)
}

/// How the texts begin and end that fit a pattern.
struct Ends<'a> {
    first: &'a str,
    last: &'a str,
}

impl<'a> Ends<'a> {
    /// Up to the first wildcard or variable, and from the last on.
    fn of(pattern: &'a str) -> Self {
        let first = pattern.split(['*', '?', '$']).next().unwrap_or_default();
        let last = pattern.rsplit(['*', '?', '}']).next().unwrap_or_default();
        Self { first, last }
    }

    fn may_meet(&self, other: &Self) -> bool {
        let first = self.first.starts_with(other.first) || other.first.starts_with(self.first);
        first && (self.last.ends_with(other.last) || other.last.ends_with(self.last))
    }
}

#[cfg(test)]
mod tests {
    use super::Denials;
    use crate::document::Policy;
    use crate::principal::Principal;
    use crate::statement::Statement;

    const COUNT: usize = 500;

    /// How many denials are held against allowances, of so many of each.
    fn compared(allowance: impl Fn(usize) -> Statement, denial: impl Fn(usize) -> Statement) -> usize {
        let policy = Policy::new((0..COUNT).map(allowance).chain((0..COUNT).map(denial)));
        let denials = Denials::of(&policy);
        policy.statements.iter().take(COUNT).map(|statement| denials.near(statement).count()).sum()
    }

    fn of_account(statement: Statement, number: usize) -> Statement {
        let account = format!("{number:012}");
        statement.actions(["kms:Decrypt"]).resources(["*"]).principals([Principal::aws(account)])
    }

    fn on(statement: Statement, resource: String) -> Statement {
        statement.actions(["iam:PassRole"]).resources([resource])
    }

    #[test]
    fn denials_of_others_are_held_against_nothing() {
        let service = |number: usize| {
            Statement::deny()
                .actions(["kms:*"])
                .resources(["*"])
                .principals([Principal::service(format!("s{number}.amazonaws.com"))])
        };
        let allowance = |number| of_account(Statement::allow(), number);
        assert_eq!(compared(allowance, |number| of_account(Statement::deny(), COUNT + number)), 0);
        assert_eq!(compared(allowance, service), 0);
        assert_eq!(compared(allowance, |number| of_account(Statement::deny(), number)), COUNT);
        let role = |statement: Statement, number: usize| {
            let role = format!("arn:aws:iam::123456789012:role/r{number}");
            statement.actions(["kms:Decrypt"]).resources(["*"]).principals([Principal::aws(role)])
        };
        let allowed_role = |number| role(Statement::allow(), number);
        assert_eq!(compared(allowed_role, |number| role(Statement::deny(), COUNT + number)), 0);
        let own = |_| of_account(Statement::deny(), 123_456_789_012);
        assert_eq!(compared(allowed_role, own), COUNT * COUNT);
        let role = |kind: &str, number: usize| format!("arn:aws:iam::123456789012:role/{kind}/{number}/*");
        assert_eq!(
            compared(
                |number| on(Statement::allow(), role("a", number)),
                |number| on(Statement::deny(), role("b", number))
            ),
            0
        );
        // In each: everyone, whatever has a variable, and whatever may be within the other.
        for resource in ["*", "arn:aws:iam::123456789012:role/${aws:username}", "arn:aws:iam::*:role/a/7/x"] {
            let denial = |_| on(Statement::deny(), resource.to_owned());
            assert!(
                compared(|_| on(Statement::allow(), role("a", 7)), denial) == COUNT * COUNT,
                "{resource}"
            );
        }
        let everyone =
            |_| Statement::deny().actions(["kms:De*"]).resources(["*"]).principals([Principal::Everyone]);
        assert_eq!(compared(allowance, everyone), COUNT * COUNT);
    }
}
