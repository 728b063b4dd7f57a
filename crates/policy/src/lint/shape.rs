//! Elements that are missing, too many, or name what AWS does not have.

use std::collections::HashMap;

use super::{Finding, Place, Rule, similar};
use crate::document::Policy;
use crate::kind::Kind;
use crate::prepared::action_glob;
use crate::principal::Principal;
use crate::reference::reference;
use crate::statement::{Effect, Element, Statement};

/// What is wrong with the whole.
pub(super) fn of_policy(policy: &Policy, kind: Kind) -> Vec<Finding> {
    let finding = |rule, path: String, message| Finding { rule, path, sid: None, message, suggestion: None };
    let mut findings = Vec::new();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (index, statement) in policy.statements.iter().enumerate() {
        let Some(sid) = statement.sid.as_deref().filter(|sid| !sid.is_empty()) else { continue };
        if let Some(first) = seen.insert(sid, index) {
            let message = format!("statement {first} has the name `{sid}` as well");
            findings.push(finding(Rule::DuplicateSid, format!("Statement[{index}].Sid"), message));
        }
    }
    let (size, limit) = (policy.to_json().len(), limit(kind));
    if size > limit {
        let message = format!("is {size} characters long, AWS allows {limit}");
        findings.push(finding(Rule::TooLarge, String::new(), message));
    }
    findings
}

/// The longest policy of a kind (IAM user guide, `reference_iam-quotas`; KMS developer guide, `resource-limits`; S3 user
/// guide, `example-bucket-policies`; Organizations user guide, `orgs_reference_limits`).
fn limit(kind: Kind) -> usize {
    match kind {
        Kind::Identity | Kind::Repository => 10_240,
        Kind::Trust => 4_096,
        Kind::Key => 32_768,
        Kind::Bucket | Kind::Endpoint => 20_480,
        Kind::Topic => 30_720,
        Kind::Boundary => 6_144,
        Kind::Scp | Kind::Rcp => 5_120,
        Kind::Session => 2_048,
    }
}

/// What is wrong with the elements of a statement.
pub(super) fn of_statement(place: &Place<'_>) -> Vec<Finding> {
    let mut findings = elements(place);
    for action in place.statement.action.as_ref().map_or(&[][..], Element::items) {
        findings.extend(unknown_action(place, action));
    }
    let Statement { principal, action, resource, .. } = place.statement;
    let empty = [
        (is_empty(principal.as_ref()), "Principal", "names nobody"),
        (is_empty(action.as_ref()), "Action", "names no action"),
        (is_empty(resource.as_ref()), "Resource", "names no resource"),
    ];
    for (_, element, message) in empty.into_iter().filter(|(is_empty, ..)| *is_empty) {
        findings.push(place.finding(Rule::NeverMatches, element, message.to_owned()));
    }
    findings
}

/// Whether an element names nothing, not even as an exclusion.
fn is_empty<T>(element: Option<&Element<T>>) -> bool {
    matches!(element, Some(Element::Only(items)) if items.is_empty())
}

fn elements(place: &Place<'_>) -> Vec<Finding> {
    let statement = place.statement;
    let (kind, article) = (place.kind, if place.kind == Kind::Identity { "an" } else { "a" });
    let mut findings = Vec::new();
    let mut add =
        |element: &str, message: String| findings.push(place.finding(Rule::WrongElement, element, message));
    match (kind.has_principals(), &statement.principal) {
        (true, None) => {
            add("", format!("lacks `Principal`, so {article} {kind} policy's statement is about nobody"))
        }
        (false, Some(_)) => add("Principal", format!("{article} {kind} policy cannot name principals")),
        _ => {}
    }
    if kind == Kind::Rcp && !is_full_access(statement) {
        let is_everyone = |element: &Element<Principal>| matches!(element, Element::Only(named) if named.iter().all(|one| one.tidy() == Principal::Everyone));
        if statement.effect == Effect::Allow {
            add("Effect", "an rcp policy can only deny: it gives nobody anything".to_owned());
        }
        if statement.principal.as_ref().is_some_and(|principal| !is_everyone(principal)) {
            add(
                "Principal",
                "an rcp policy is about everyone: write `*`, and conditions for whom".to_owned(),
            );
        }
        if matches!(statement.action, Some(Element::AllBut(_))) {
            add("NotAction", "an rcp policy has no `NotAction`".to_owned());
        }
    }
    let has_plain_sids = matches!(kind, Kind::Identity | Kind::Boundary | Kind::Session | Kind::Trust);
    let odd = |sid: &&String| !sid.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if let Some(sid) = statement.sid.as_ref().filter(odd).filter(|_| has_plain_sids) {
        add("Sid", format!("`{sid}` is no name for IAM, which takes letters and digits alone"));
    }
    if statement.action.is_none() {
        add("", "lacks `Action`, so it is about nothing".to_owned());
    }
    let needs_resource = !matches!(kind, Kind::Trust | Kind::Repository);
    match &statement.resource {
        None if needs_resource => add("", "lacks `Resource`".to_owned()),
        Some(_) if !needs_resource => add(
            "Resource",
            format!("{article} {kind} policy has no `Resource`: it is about what it is attached to"),
        ),
        Some(resource) if kind == Kind::Key && !resource.items().iter().any(|item| item == "*") => {
            add("Resource", "a key's policy is about its key alone: write `*`".to_owned());
        }
        _ => {}
    }
    findings
}

/// Whether this is the statement of the only resource control policy that allows, AWS's own `RCPFullAWSAccess`
/// (Organizations user guide, `orgs_manage_policies_rcps_syntax`, of the other elements as well).
fn is_full_access(statement: &Statement) -> bool {
    let everything = Statement::allow().principals([Principal::Everyone]).actions(["*"]).resources(["*"]);
    Statement { sid: None, ..statement.clone() } == everything
}

/// An action that AWS does not have, or a pattern that no action fits.
fn unknown_action(place: &Place<'_>, action: &str) -> Option<Finding> {
    if action == "*" {
        return None;
    }
    let element = match place.statement.action {
        Some(Element::AllBut(_)) => "NotAction",
        _ => "Action",
    };
    let Some((service, name)) = action.split_once(':') else {
        let message = format!("`{action}` is no action: it lacks the service, as in `s3:GetObject`");
        return Some(place.finding(Rule::UnknownAction, element, message));
    };
    let service = service.to_ascii_lowercase();
    if service.contains(['*', '?']) {
        return None;
    }
    let Some(actions) = reference().actions(&service) else {
        let mut finding =
            place.finding(Rule::UnknownAction, element, format!("AWS has no service `{service}`"));
        finding.suggestion =
            similar(&service, reference().services().iter().copied()).map(|one| format!("{one}:{name}"));
        return Some(finding);
    };
    if !reference().fitting(&service, &action_glob(name)).is_empty() {
        return None;
    }
    let mut finding = place.finding(Rule::UnknownAction, element, format!("AWS has no action `{action}`"));
    if !name.contains(['*', '?']) {
        finding.suggestion =
            similar(name, actions.iter().map(|action| action.name)).map(|one| format!("{service}:{one}"));
    }
    Some(finding)
}
