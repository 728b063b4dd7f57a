//! What a policy makes possible that it should not.

use super::denials::Denials;
use super::lockouts::undecided;
use super::{Finding, Place, Rule};
use crate::difference::{Attachment, ESCALATING, difference};
use crate::document::Policy;
use crate::kind::Kind;
use crate::marks::Mark;
use crate::prepared::action_glob;
use crate::principal::Principal;
use crate::statement::{Effect, Element};

/// The dangers of a policy.
pub(super) fn of_policy(policy: &Policy, kind: Kind, account: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let denials = Denials::of(policy);
    for (index, statement) in policy.statements.iter().enumerate() {
        let place = Place { index, statement, kind };
        findings.extend(marked(&place, policy, &denials, account));
        findings.extend(confused_deputy(&place));
    }
    for orphan in policy.orphaned_principals() {
        findings.push(Finding {
            rule: Rule::DeletedPrincipal,
            path: format!("Statement[{}].Principal", orphan.statement),
            sid: orphan.sid,
            message: format!(
                "`{}` was deleted: whoever takes its name again does not get its permissions",
                orphan.id
            ),
            suggestion: None,
        });
    }
    findings
}

/// What the statement gives, less what the policy's denials take back.
fn marked(place: &Place<'_>, policy: &Policy, denials: &Denials<'_>, account: Option<&str>) -> Vec<Finding> {
    if place.statement.effect == Effect::Deny || !may_be_marked(place) {
        return Vec::new();
    }
    let near = denials.near(place.statement);
    let statements = std::iter::once(place.statement).chain(near).cloned().collect();
    let alone = Policy { version: policy.version, id: None, statements };
    let attachment = Attachment { account, ..Attachment::to(place.kind) };
    let changes = difference(None, Some(&alone), attachment);
    let has = |mark: Mark| changes.iter().any(|change| change.widens() && change.marks.contains(&mark));
    let says = [
        (Mark::Public, Rule::Public, "Principal", "everyone is allowed this, whoever they are"),
        (Mark::Account, Rule::AnotherAccount, "Principal", "another account is allowed this"),
        (
            Mark::Escalation,
            Rule::Escalation,
            "Action",
            "whoever has this policy can give itself more permissions",
        ),
    ];
    let found = says.into_iter().filter(|(mark, ..)| has(*mark));
    let mut findings: Vec<Finding> =
        found.map(|(_, rule, element, message)| place.finding(rule, element, message.to_owned())).collect();
    if let Some(change) = changes.iter().find(|change| change.widens() && change.is_undecided()) {
        let path = format!("Statement[{}]", place.index);
        findings.push(undecided(path, "perhaps more is allowed than is said here", &change.undecided));
    }
    findings
}

/// Whether a statement could have one of the marks, by what it names.
fn may_be_marked(place: &Place<'_>) -> bool {
    let statement = place.statement;
    match place.kind {
        Kind::Scp | Kind::Rcp | Kind::Boundary => false,
        Kind::Identity | Kind::Session => match &statement.action {
            Some(Element::Only(actions)) => {
                let escalates =
                    |action: &String| ESCALATING.iter().any(|known| action_glob(action).matches(known));
                actions.iter().any(escalates)
            }
            _ => true,
        },
        _ => match &statement.principal {
            Some(Element::Only(named)) => named.iter().any(|one| !matches!(one, Principal::Service(_))),
            _ => true,
        },
    }
}

/// Keys that tell for whom a service acts (IAM user guide, `confused-deputy`).
const FOR_WHOM: [&str; 6] = [
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "kms:encryptioncontext:",
];

/// A service that may act for anybody. EC2 assumes roles for its own instances only, for which AWS recommends no test.
fn confused_deputy(place: &Place<'_>) -> Option<Finding> {
    let statement = place.statement;
    if statement.effect == Effect::Deny || !place.kind.is_of_resource() {
        return None;
    }
    let service = match &statement.principal {
        Some(Element::Only(items)) => items.iter().find_map(|principal| match principal {
            Principal::Service(name) if name != "ec2.amazonaws.com" => Some(name),
            _ => None,
        }),
        _ => None,
    }?;
    let tells = |key: &str| FOR_WHOM.iter().any(|known| key.starts_with(known));
    let is_told = statement.condition.tests().iter().any(|test| tells(&test.key.to_ascii_lowercase()));
    let message = format!(
        "`{service}` may do this for anybody who asks it: add a condition on aws:SourceArn or aws:SourceAccount"
    );
    (!is_told).then(|| place.finding(Rule::ConfusedDeputy, "Principal", message))
}
