//! Who gains and who loses which permission when one policy takes the place of another.

use crate::condition::Conditions;
use crate::document::Policy;
use crate::principal::Principal;
use crate::statement::{Effect, Element, Statement};

/// Statements are expanded to one principal, action and resource each up to this many; a larger policy is compared
/// by whole statements.
const MAX_GRANTS: usize = 1024;

/// Permissions that the new policy gives and the old one did not, or the other way round.
///
/// Its [`Display`](std::fmt::Display) is a sentence:
/// `cloudtrail.amazonaws.com gains kms:GenerateDataKey* on * if aws:SourceArn = arn:…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionChange {
    /// Gained or lost.
    pub direction: Direction,
    /// Whether an `Allow` or a `Deny` is gained or lost.
    pub effect: Effect,
    /// What is gained or lost.
    pub scope: Scope,
    /// The parts of `scope` that the other policy has as well: what is kept of a loss, what was there before a gain.
    pub kept: Vec<Scope>,
    /// The names of the statements it stands in.
    pub sids: Vec<String>,
}

/// Whether the new policy has more or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Only the new policy has it.
    Gain,
    /// Only the old policy had it.
    Lose,
}

/// Every one of these principals, actions and resources together, under one condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// `None` in an identity policy: whoever it is attached to.
    pub principals: Option<Element<Principal>>,
    /// As written.
    pub actions: Option<Element<String>>,
    /// `None` in a trust or repository policy: what it is attached to.
    pub resources: Option<Element<String>>,
    /// As written.
    pub conditions: Conditions,
}

impl PermissionChange {
    /// Whether someone can do more than before.
    pub fn widens(&self) -> bool {
        matches!(
            (self.direction, self.effect),
            (Direction::Gain, Effect::Allow) | (Direction::Lose, Effect::Deny)
        )
    }
}

/// The permissions lost and gained from `before` to `after`; `None` is no policy. Losses come first.
///
/// How permissions are spread over statements does not matter, nor what they are called. What the other side has
/// under a wildcard, or without the condition, is neither gained nor lost. If nothing is returned, both policies
/// decide every request alike.
pub fn difference(before: Option<&Policy>, after: Option<&Policy>) -> Vec<PermissionChange> {
    let (before, after) = (grants(before), grants(after));
    let mut changes = only_in(&before, &after, Direction::Lose);
    changes.extend(only_in(&after, &before, Direction::Gain));
    changes
}

/// One statement a principal, action and resource.
fn grants(policy: Option<&Policy>) -> Vec<Statement> {
    let mut statements = policy.map(|policy| policy.tidy().statements).unwrap_or_default();
    statements.retain(|statement| statement.action.is_some());
    if statements.iter().map(size).fold(0, usize::saturating_add) <= MAX_GRANTS {
        statements = statements.iter().flat_map(expand).collect();
    }
    statements
}

fn size(statement: &Statement) -> usize {
    fn length<T>(element: Option<&Element<T>>) -> usize {
        match element {
            Some(Element::Only(items)) => items.len(),
            Some(Element::AllBut(_)) | None => 1,
        }
    }
    length(statement.principal.as_ref())
        .saturating_mul(length(statement.action.as_ref()))
        .saturating_mul(length(statement.resource.as_ref()))
}

fn expand(statement: &Statement) -> Vec<Statement> {
    let mut grants = Vec::new();
    for principal in singles(statement.principal.as_ref()) {
        for action in singles(statement.action.as_ref()) {
            for resource in singles(statement.resource.as_ref()) {
                grants.push(Statement {
                    principal: principal.clone(),
                    action: action.clone(),
                    resource,
                    ..statement.clone()
                });
            }
        }
    }
    grants
}

/// Each item alone; an exclusion or absence cannot be taken apart.
fn singles<T: Clone>(element: Option<&Element<T>>) -> Vec<Option<Element<T>>> {
    match element {
        Some(Element::Only(items)) => {
            items.iter().map(|item| Some(Element::Only(vec![item.clone()]))).collect()
        }
        Some(Element::AllBut(_)) | None => vec![element.cloned()],
    }
}

/// What of `mine` is not covered by `theirs`, grouped.
fn only_in(mine: &[Statement], theirs: &[Statement], direction: Direction) -> Vec<PermissionChange> {
    let only: Vec<&Statement> =
        mine.iter().filter(|grant| !theirs.iter().any(|other| other.covers(grant))).collect();
    let mut changes = Vec::new();
    for group in grouped(&without_covered(&only)) {
        let kept: Vec<&Statement> = theirs.iter().filter(|other| group.statement.covers(other)).collect();
        changes.push(PermissionChange {
            direction,
            effect: group.statement.effect,
            scope: Scope::of(group.statement),
            kept: grouped(&without_covered(&kept))
                .into_iter()
                .map(|group| Scope::of(group.statement))
                .collect(),
            sids: group.sids,
        });
    }
    changes
}

impl Scope {
    fn of(statement: Statement) -> Self {
        Self {
            principals: statement.principal,
            actions: statement.action,
            resources: statement.resource,
            conditions: statement.condition,
        }
    }
}

/// The grants that no other of them covers, one of each that cover each other.
fn without_covered<'a>(grants: &[&'a Statement]) -> Vec<&'a Statement> {
    let is_redundant = |index: usize, grant: &Statement| {
        grants.iter().enumerate().any(|(other_index, other)| {
            other_index != index && other.covers(grant) && (other_index < index || !grant.covers(other))
        })
    };
    grants
        .iter()
        .enumerate()
        .filter(|(index, grant)| !is_redundant(*index, grant))
        .map(|(_, grant)| *grant)
        .collect()
}

/// Grants that differ in one element only, put together.
struct Group {
    statement: Statement,
    sids: Vec<String>,
}

fn grouped(grants: &[&Statement]) -> Vec<Group> {
    let groups = grants
        .iter()
        .map(|grant| Group {
            sids: grant.sid.iter().cloned().collect(),
            statement: Statement { sid: None, ..(*grant).clone() },
        })
        .collect();
    let groups = merge(groups, |statement| &mut statement.action);
    let groups = merge(groups, |statement| &mut statement.resource);
    merge(groups, |statement| &mut statement.principal)
}

/// Joins the groups that are the same but for the items of one element.
fn merge<T: PartialEq>(
    groups: Vec<Group>,
    element: impl Fn(&mut Statement) -> &mut Option<Element<T>>,
) -> Vec<Group> {
    let mut merged: Vec<(Group, Option<Element<T>>)> = Vec::new();
    for mut group in groups {
        let items = element(&mut group.statement).take();
        let same = merged.iter_mut().find(|(known, known_items)| {
            known.statement == group.statement
                && matches!((known_items, &items), (Some(Element::Only(_)), Some(Element::Only(_))))
        });
        match (same, items) {
            (Some((known, Some(Element::Only(known_items)))), Some(Element::Only(items))) => {
                append_new(known_items, items);
                append_new(&mut known.sids, group.sids);
            }
            (_, items) => merged.push((group, items)),
        }
    }
    merged
        .into_iter()
        .map(|(mut group, items)| {
            *element(&mut group.statement) = items;
            group
        })
        .collect()
}

fn append_new<T: PartialEq>(list: &mut Vec<T>, items: Vec<T>) {
    for item in items {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

#[cfg(test)]
mod tests;
