//! Whom a policy lets in who is no one of the account, and whom the settings do not.

use policy::{Attachment, Effect, Kind, Mark, PermissionChange, Policy, Principal, difference};

use crate::case::Case;

/// Someone whom a statement lets in.
pub(super) struct Stranger {
    /// The place of the statement.
    pub statement: usize,
    /// His ARN or account, or `everyone`.
    pub name: String,
}

/// The strangers of a policy, the first of each statement. Decided by what is gained, so that a condition which keeps a
/// statement to the account, and a denial that takes it back, count as they do for AWS.
pub(super) fn strangers(
    case: &Case<'_>,
    live: &Policy,
    wanted: Option<&Policy>,
    kind: Kind,
) -> Vec<Stranger> {
    let denials = live.statements.iter().filter(|statement| statement.effect == Effect::Deny);
    let known = wanted.iter().flat_map(|wanted| &wanted.statements);
    let base = Policy { version: live.version, ..Policy::new(known.chain(denials).cloned()) };
    let allowing =
        live.statements.iter().enumerate().filter(|(_, statement)| statement.effect == Effect::Allow);
    let found = allowing.filter_map(|(index, statement)| {
        let mut opened = base.clone();
        opened.statements.push(statement.clone());
        let changes = difference(Some(&base), Some(&opened), Attachment::to(kind).of(case.account()));
        let name = changes.iter().filter(|change| change.widens()).find_map(|change| name(case, change))?;
        Some(Stranger { statement: index, name })
    });
    found.collect()
}

/// The first stranger who gains something, if one does and is not accepted.
fn name(case: &Case<'_>, change: &PermissionChange) -> Option<String> {
    if change.marks.contains(&Mark::Public) {
        return accepted(case, "everyone");
    }
    if !change.marks.contains(&Mark::Account) {
        return None;
    }
    let named = change.scope.principals.iter().flat_map(policy::Element::items);
    let others = named.filter_map(|principal| match principal {
        Principal::Aws(arn) => (account(arn) != case.account()).then_some(arn),
        Principal::CanonicalUser(id) => Some(id),
        Principal::Everyone | Principal::Service(_) | Principal::Federated(_) => None,
    });
    let mut others = others.peekable();
    if others.peek().is_none() {
        return accepted(case, "others, under a condition");
    }
    others.find_map(|name| accepted(case, name))
}

/// The name, unless the settings accept it.
fn accepted(case: &Case<'_>, name: &str) -> Option<String> {
    (!case.asks.accepted.has(&[], &[name, account(name)])).then(|| name.to_owned())
}

/// The account that an ARN is of; an account itself.
fn account(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or(arn)
}
