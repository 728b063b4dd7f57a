//! Conditions that cannot hold, or not as they were meant.

use super::{Finding, Place, Rule, similar};
use crate::comparison::{Matcher, Test, Wanted};
use crate::condition::ConditionTest;
use crate::condition_key::{GLOBAL, is_key};
use crate::pattern::Glob;
use crate::reference::{Action, reference};
use crate::statement::Element;

/// What is wrong with the conditions of a statement.
pub(super) fn of_statement(place: &Place<'_>) -> Vec<Finding> {
    place.statement.condition.tests().iter().flat_map(|test| of_test(place, test)).collect()
}

fn of_test(place: &Place<'_>, test: &ConditionTest) -> Vec<Finding> {
    let element = format!("Condition.{}.{}", test.operator, test.key);
    let prepared = Test::new(test);
    let mut findings = Vec::new();
    if prepared.operator.is_none() {
        let message = format!("AWS has no operator `{}`", test.operator);
        findings.push(place.finding(Rule::UnknownOperator, &format!("Condition.{}", test.operator), message));
        return findings;
    }
    findings.extend(key(place, test, &element));
    let wrong = prepared.wanted.iter().zip(&test.values).filter(|(wanted, _)| is_wrong(wanted));
    for (_, value) in wrong {
        let message = format!("`{value}` is nothing that {} can compare", test.operator);
        findings.push(place.finding(Rule::WrongType, &element, message));
    }
    if test.values.is_empty() {
        findings.push(place.finding(
            Rule::NeverMatches,
            &element,
            "has no values, so it never holds".to_owned(),
        ));
    }
    findings
}

fn is_wrong(wanted: &Wanted) -> bool {
    match wanted {
        Wanted::Fixed(Matcher::Never) => true,
        Wanted::Fixed(Matcher::Absence(text)) => text != "true" && text != "false",
        _ => false,
    }
}

/// A key that AWS does not have.
pub(super) struct Unknown {
    /// The one that was probably meant.
    pub(super) similar: Option<&'static str>,
}

/// Whether AWS has a key, in lower case; of services that are not known in detail everything is taken for one.
pub(super) fn unknown_key(key: &str) -> Option<Unknown> {
    let lower = key.to_ascii_lowercase();
    let (service, _) = lower.split_once(':')?;
    let is_known = |known: &[&'static str]| known.iter().any(|one| is_key(one, &lower));
    if is_known(&GLOBAL) || service == "sts" {
        // Identity providers have keys of their own.
        return None;
    }
    let known: Vec<&'static str> = match service {
        "aws" => GLOBAL.to_vec(),
        service => reference().condition_keys(service).map(|(key, _)| key).collect(),
    };
    (!known.is_empty() && !is_known(&known)).then(|| Unknown { similar: similar(&lower, known.into_iter()) })
}

/// A key that AWS does not have, or does not send with the actions of the statement.
fn key(place: &Place<'_>, test: &ConditionTest, element: &str) -> Option<Finding> {
    let lower = test.key.to_ascii_lowercase();
    if let Some(unknown) = unknown_key(&lower) {
        let mut finding =
            place.finding(Rule::UnknownKey, element, format!("AWS has no condition key `{}`", test.key));
        finding.suggestion = unknown.similar.map(str::to_owned);
        return Some(finding);
    }
    let (service, _) = lower.split_once(':')?;
    let is_global = GLOBAL.iter().any(|known| is_key(known, &lower));
    if is_global || service == "sts" || reference().condition_keys(service).next().is_none() {
        return None;
    }
    let sends = |action: &&Action| {
        action.condition_keys().is_none_or(|mut keys| keys.any(|known| is_key(known, &lower)))
    };
    let actions = named(place, service)?;
    if actions.is_empty() || actions.iter().any(sends) {
        return None;
    }
    let message = format!("no request for these actions has `{}`", test.key);
    Some(place.finding(Rule::KeyNotSent, element, message))
}

/// The actions of a service that a statement names; `None` if it names all but some, or actions of other services.
fn named(place: &Place<'_>, service: &str) -> Option<Vec<&'static Action>> {
    let Some(Element::Only(items)) = &place.statement.action else { return None };
    let mut named = Vec::new();
    for item in items {
        let (own, name) = item.split_once(':').filter(|(own, _)| own.eq_ignore_ascii_case(service))?;
        let glob = Glob::wildcards(&name.to_ascii_lowercase());
        let actions = reference().actions(&own.to_ascii_lowercase())?;
        named.extend(actions.iter().filter(|action| glob.matches(action.lower())));
    }
    Some(named)
}
