//! Who gains and who loses which permission when one policy takes the place of another.
//!
//! Two policies can tell only finitely many requests apart. The actions that the same statements are about are looked at
//! together, once for each choice of values of the policy variables that may matter there ([`cases`]). [`space`] lays out
//! the requests for these on a few axes, principal, action, resource and condition keys; every statement is a box in there
//! ([`region`]), and what one policy allows and the other does not is a difference of boxes. So every change is decided,
//! and every gain has a request that shows it ([`witness`]).

mod cases;
mod choices;
mod covered;
mod danger;
mod decide;
mod deeds;
mod family;
mod frame;
mod gains;
mod keys;
mod lines;
mod machine;
mod narrowing;
mod people;
mod places;
mod reach;
mod receivable;
mod refined;
mod region;
mod relevance;
mod report;
mod samples;
mod sharp;
mod space;
mod things;
mod undecided;
mod values;
mod variables;
mod witness;
mod words;

use crate::condition::Conditions;
use crate::document::Policy;
use crate::kind::Kind;
use crate::marks::Mark;
use crate::party::Party;
use crate::prepared::Prepared;
use crate::principal::Principal;
use crate::request::Context;
use crate::statement::{Effect, Element, Statement};

use self::cases::{Case, cases};
#[cfg(test)]
pub(crate) use self::decide::Court;
use self::family::Filling;
use self::frame::Frame;
use self::gains::{Layout, gains_and_losses};
use self::relevance::Relevant;
use self::report::changes;
pub(crate) use self::sharp::ESCALATING;
use self::undecided::Doubts;
pub use self::undecided::Undecided;
use self::witness::Finder;

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
    /// What is dangerous about it.
    pub marks: Vec<Mark>,
    /// For what widens and a policy of this kind decides: a request that was refused before and is allowed after.
    pub witness: Option<Witness>,
    /// Why it is not known whether it is so; empty if it is.
    pub undecided: Vec<Undecided>,
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

/// One concrete request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// `None` in an identity policy: whoever it is attached to.
    pub principal: Option<Principal>,
    /// A real action.
    pub action: String,
    /// An ARN, or `*`.
    pub resource: String,
    /// The account of the resource.
    pub account: String,
    /// The condition keys that the request needs.
    pub context: Context,
}

/// What a policy is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attachment<'a> {
    /// What it is.
    pub kind: Kind,
    /// The account it belongs to, if it is known.
    pub account: Option<&'a str>,
    /// The resources that hold the audit logs, or make them readable, if they are known: only what reaches one of them
    /// is marked [`Mark::Protection`].
    pub logs: Option<&'a [String]>,
}

impl<'a> Attachment<'a> {
    /// To something of this kind, of whichever account.
    pub fn to(kind: Kind) -> Self {
        Self { kind, account: None, logs: None }
    }

    /// The same, in this account.
    #[must_use]
    pub fn of(self, account: &'a str) -> Self {
        Self { account: Some(account), ..self }
    }

    /// The same, where these ARNs are the audit logs'.
    #[must_use]
    pub fn guarding(self, logs: &'a [String]) -> Self {
        Self { logs: Some(logs), ..self }
    }
}

impl PermissionChange {
    /// Whether it is not known that it is so.
    pub fn is_undecided(&self) -> bool {
        !self.undecided.is_empty()
    }

    /// Whether someone can do more than before, or may for all that is known.
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
/// under a wildcard, or without the condition, is neither gained nor lost; nor what a denial takes back. If nothing is
/// returned, both policies decide every request alike: what could not be decided is a change that says why
/// ([`PermissionChange::undecided`]).
///
/// ```
/// use policy::{Attachment, Kind, Policy, difference};
///
/// let before = Policy::parse(r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}"#)?;
/// let after = Policy::parse(r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#)?;
/// let changes = difference(Some(&before), Some(&after), Attachment::to(Kind::Identity));
/// assert_eq!(changes[0].to_string(), "gains s3:Get* on *; had s3:GetObject");
/// assert!(changes[0].witness.as_ref().unwrap().action.starts_with("s3:Get"));
/// # Ok::<(), policy::PolicyError>(())
/// ```
pub fn difference(
    before: Option<&Policy>,
    after: Option<&Policy>,
    attachment: Attachment<'_>,
) -> Vec<PermissionChange> {
    let canonical = |policy: Option<&Policy>| policy.map(|policy| policy.unnamed().canonical().statements);
    if canonical(before) == canonical(after) {
        return Vec::new();
    }
    let prepared = |policy: Option<&Policy>| policy.map(Policy::prepare).unwrap_or_default();
    let (before, after) = (prepared(before), prepared(after));
    let texts: Vec<String> = before.texts().chain(after.texts()).collect();
    let logs = attachment.logs.unwrap_or_default();
    let filling = Filling::new(texts.iter().map(String::as_str), logs.iter().map(String::as_str));
    let inferred = match attachment {
        Attachment { kind: Kind::Key, account: None, .. } => owner(&[&before, &after]),
        _ => None,
    };
    let doubts = Doubts::default();
    let frame = Frame {
        kind: attachment.kind,
        owner: attachment.account.or(inferred.as_deref()),
        logs: attachment.logs,
        filling: &filling,
        doubts: &doubts,
    };
    let relevant = Relevant::new(&before.rules, &after.rules, frame);
    let (old, new) = relevant.rules.split_at(relevant.before);
    let clusters = relevant.clusters();
    let layout = |case: &Case<'_>| Layout::new(&relevant, case, frame);
    let layouts: Vec<Layout<'_>> = cases(&relevant, &clusters, frame).iter().map(layout).collect();
    let (gains, losses) = gains_and_losses(old, new, &layouts, frame);
    let finder = Finder::new(&before, &after, frame);
    let mut all = changes(&losses, Direction::Lose, frame, &finder);
    all.extend(changes(&gains, Direction::Gain, frame, &finder));
    all.extend(relevant.in_doubt(&doubts.all()));
    all.sort_by_key(|change| (change.direction == Direction::Gain, change.effect == Effect::Deny));
    all
}

impl Prepared {
    /// Every text of the policy that may be a pattern or a value.
    fn texts(&self) -> impl Iterator<Item = String> + '_ {
        self.rules.iter().map(|rule| rule.source.to_value().to_string())
    }
}

/// The account of a key, as its policies tell: the only one that is allowed everything.
fn owner(policies: &[&Prepared]) -> Option<String> {
    let rules = policies.iter().flat_map(|policy| &policy.rules);
    let delegating = rules.filter(|rule| rule.effect == Effect::Allow && rule.has_action("kms:putkeypolicy"));
    let parties = delegating.filter_map(|rule| rule.principal.as_ref()).flat_map(Element::items);
    let mut accounts = parties.filter_map(|party| match party {
        Party::Account(account) => Some(account),
        _ => None,
    });
    let first = accounts.next()?;
    accounts.all(|account| account == first).then(|| first.clone())
}

#[cfg(test)]
mod tests;
