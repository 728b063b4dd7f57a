//! Which marks a gain has, by who gains what.

use super::frame::Frame;
use super::gains::Gained;
use super::narrowing::{is_for_account, is_narrowed, names_somebody_of, web_identity};
use super::region::{Points, Region};
use super::sharp::{ESCALATING, UNPROTECTING};
use super::space::{DEEDS, PEOPLE};
use crate::arn::Arn;
use crate::kind::Kind;
use crate::marks::Mark;
use crate::party::Party;
use crate::pattern::NoVariables;
use crate::prepared::Template;
use crate::principal::Principal;
use crate::statement::{Element, Statement};

/// What a gain is marked with, in order.
pub(super) fn marks(gainers: &Gainers<'_>) -> Vec<Mark> {
    let is_public = is_public(gainers);
    let [is_of_others, is_wild] = [gainers.gains_another_account(), is_wild(gainers.line())];
    let kind = gainers.kind();
    let is_identity = !kind.has_principals();
    let marks = [
        (is_public, Mark::Public),
        (!is_public && is_of_others, Mark::Account),
        (is_wild, Mark::Wildcard),
        (is_identity && gainers.gains_one_of(&ESCALATING), Mark::Escalation),
        (gainers.gains_one_of(changing(kind)), Mark::SelfChange),
        (
            kind != Kind::Trust && gainers.gains_one_of(&UNPROTECTING) && gainers.reaches_logs(),
            Mark::Protection,
        ),
    ];
    marks.into_iter().filter_map(|(applies, mark)| applies.then_some(mark)).collect()
}

/// The actions that change a policy of this kind.
fn changing(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Key => &["kms:putkeypolicy"],
        Kind::Bucket => &["s3:putbucketpolicy", "s3:deletebucketpolicy"],
        Kind::Repository => &["ecr:setrepositorypolicy", "ecr:deleterepositorypolicy"],
        Kind::Topic => &["sns:settopicattributes", "sns:addpermission", "sns:removepermission"],
        _ => &[],
    }
}

fn is_wild(line: &Statement) -> bool {
    match &line.action {
        Some(Element::Only(actions)) => actions.iter().any(|action| action == "*" || action.ends_with(":*")),
        Some(Element::AllBut(_)) => true,
        None => false,
    }
}

/// Whether everyone is meant, and no condition narrows that to some.
fn is_public(gainers: &Gainers<'_>) -> bool {
    if !gainers.kind().is_of_resource() {
        return false;
    }
    let line = gainers.line();
    let is_everyone = match &line.principal {
        Some(Element::Only(items)) => items.contains(&Principal::Everyone),
        Some(Element::AllBut(_)) => true,
        None => false,
    };
    is_everyone && gainers.gains_a_stranger() && !is_narrowed(&line.condition)
        || lets_in_all_of_a_provider(line)
}

/// Whether a provider of identities that anybody can have is let in, and nothing says whom of it.
fn lets_in_all_of_a_provider(line: &Statement) -> bool {
    let Some(Element::Only(items)) = &line.principal else { return false };
    items.iter().any(|principal| match principal {
        Principal::Federated(name) => {
            web_identity(name).is_some_and(|provider| !names_somebody_of(provider, &line.condition))
        }
        _ => false,
    })
}

/// Who gains what, to be judged.
pub(super) struct Gainers<'a> {
    /// As the policy has it.
    pub line: &'a Statement,
    /// The requests that are gained.
    pub parts: &'a [(&'a Gained<'a>, Region)],
    pub frame: Frame<'a>,
}

impl Gainers<'_> {
    fn line(&self) -> &Statement {
        self.line
    }

    fn kind(&self) -> Kind {
        self.frame.kind
    }

    fn owner(&self) -> Option<&str> {
        self.frame.owner
    }

    /// An account that no policy knows.
    fn stranger(&self) -> &str {
        &self.frame.filling.account
    }

    fn people(&self) -> impl Iterator<Item = &Party> {
        self.parts.iter().flat_map(|(case, part)| {
            let points = part.0.get(PEOPLE).map(Points::iter).into_iter().flatten();
            points.filter_map(|point| case.space.people.get(point)).map(|person| &person.party)
        })
    }

    /// Whether one of the resources may be one of those that hold the audit logs; it may where these are not known.
    fn reaches_logs(&self) -> bool {
        let (Some(logs), Some(resources)) = (self.frame.logs, &self.line().resource) else { return true };
        let may_be = |log: &String| {
            resources.has(|pattern| Template::new(pattern).matches(log, &NoVariables) != Some(false))
        };
        logs.iter().any(may_be)
    }

    /// Whether somebody of another account gains. Whose a canonical user is cannot be told.
    fn gains_another_account(&self) -> bool {
        let Some(owner) = self.owner().filter(|_| self.kind().is_of_resource()) else { return false };
        let named = self.line().principal.as_ref().map_or(&[][..], Element::items);
        let is_elsewhere = |principal: &Principal| match principal {
            Principal::CanonicalUser(_) => true,
            Principal::Federated(name) => Arn::parse(name).is_some_and(|arn| arn.account != owner),
            _ => false,
        };
        if is_for_account(&self.line().condition, owner) {
            return false;
        }
        named.iter().any(is_elsewhere)
            || self.people().any(|party| party.account().is_some_and(|account| account != owner))
    }

    /// Whether someone gains whom no policy knows.
    fn gains_a_stranger(&self) -> bool {
        let stranger = self.stranger();
        self.people().any(|party| *party == Party::Everyone || party.account() == Some(stranger))
    }

    fn gains_one_of(&self, actions: &[&str]) -> bool {
        self.parts.iter().any(|(case, part)| {
            let points = part.0.get(DEEDS).map(Points::iter).into_iter().flatten();
            points.filter_map(|point| case.space.deeds.get(point)).any(|deeds| deeds.has_one_of(actions))
        })
    }
}
