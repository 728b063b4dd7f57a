//! Condition keys, and the values that policies can tell apart.

use std::collections::HashSet;

use super::cases::Case;
use super::family::Filling;
use super::frame::Frame;
use super::people::is_of_principal;
use super::undecided::Undecided;
use super::values::{has_quantifier, single_values};
use crate::arn::Arn;
use crate::comparison::{Found, Test};
use crate::prepared::Rule;

/// An axis of condition keys: one key, or several that belong together.
pub(super) struct KeyAxis {
    /// In lower case.
    pub keys: Vec<String>,
    /// The values of each of the keys; none if it is absent.
    pub points: Vec<Vec<Vec<String>>>,
}

/// The axes of the condition keys that do not follow from who asks.
pub(super) fn key_axes(rules: &[&Rule], case: &Case<'_>, frame: Frame<'_>) -> Vec<KeyAxis> {
    let mut by_key: Vec<(&str, Vec<&Test>)> = Vec::new();
    for test in rules.iter().flat_map(|rule| &rule.condition).filter(|test| !is_of_principal(&test.key)) {
        match by_key.iter_mut().find(|(key, _)| *key == test.key) {
            Some((_, tests)) => tests.push(test),
            None => by_key.push((&test.key, vec![test])),
        }
    }
    for (key, _) in case.values.iter().filter(|(key, _)| !is_of_principal(key)) {
        if !by_key.iter().any(|(known, _)| known == key) {
            by_key.push((key, Vec::new()));
        }
    }
    let mut axes: Vec<KeyAxis> = Vec::new();
    let mut source = Vec::new();
    for (key, tests) in by_key {
        let points = match case.fixed(key) {
            Some(value) => vec![value.iter().cloned().collect()],
            None => key_points(key, &tests, case, frame),
        };
        if matches!(key, "aws:sourcearn" | "aws:sourceaccount") {
            source.push((key, tests, points));
        } else {
            axes.push(merged(
                vec![key.to_owned()],
                points.into_iter().map(|one| vec![one]).collect(),
                &tests,
                case,
            ));
        }
    }
    axes.extend(source_axis(source, case, frame.filling));
    axes
}

/// The values that a key can have: none, one, or several if a test asks for several.
fn key_points(key: &str, tests: &[&Test], case: &Case<'_>, frame: Frame<'_>) -> Vec<Vec<String>> {
    let singles = single_values(tests, case, frame);
    let mut points: Vec<Vec<String>> = Vec::new();
    if !matches!(key, "aws:resourceaccount" | "aws:viaawsservice") {
        points.push(Vec::new());
    }
    points.extend(singles.iter().map(|value| vec![value.clone()]));
    if has_quantifier(tests) {
        points.extend(several(&singles, tests, case, frame));
    }
    points
}

/// Several values together, such that whatever several values do to tests, one of these does: what a test says of more
/// values follows from what it says of fewer, so that those about which all tests say the same stand for each other.
fn several(singles: &[String], tests: &[&Test], case: &Case<'_>, frame: Frame<'_>) -> Vec<Vec<String>> {
    const MOST: usize = 4096;
    let decided = |values: &[String]| -> Vec<Option<bool>> {
        tests.iter().map(|test| test.holds(Found::Many(values), case)).collect()
    };
    let mut known: HashSet<Vec<Option<bool>>> = HashSet::new();
    let mut sets: Vec<Vec<String>> =
        singles.iter().map(|one| vec![one.clone()]).filter(|one| known.insert(decided(one))).collect();
    let distinct: Vec<String> = sets.iter().flatten().cloned().collect();
    let mut place = 0;
    while let Some(set) = sets.get(place).cloned() {
        place += 1;
        for value in distinct.iter().filter(|value| !set.contains(value)) {
            let larger: Vec<String> = set.iter().chain([value]).cloned().collect();
            if !known.insert(decided(&larger)) {
                continue;
            }
            if sets.len() == MOST {
                let key = tests.first().map(|test| test.source.key.clone());
                frame.doubts.add(Undecided::Sets(key.unwrap_or_default()));
                return sets;
            }
            sets.push(larger);
        }
    }
    sets
}

/// A key, the tests of it, and the values it can have.
type KeyPoints<'a> = (&'a str, Vec<&'a Test>, Vec<Vec<String>>);

/// `aws:SourceArn` and `aws:SourceAccount` together: the account is the one in the ARN, where it has one.
fn source_axis(mut source: Vec<KeyPoints<'_>>, case: &Case<'_>, filling: &Filling) -> Option<KeyAxis> {
    let (first, second) = (source.pop()?, source.pop());
    let Some(second) = second else {
        let points = first.2.into_iter().map(|one| vec![one]).collect();
        return Some(merged(vec![first.0.to_owned()], points, &first.1, case));
    };
    let (arn, account) = if first.0 == "aws:sourcearn" { (first, second) } else { (second, first) };
    let mut tests = arn.1;
    tests.extend(account.1);
    let mut points = Vec::new();
    for one in &arn.2 {
        let own = one.first().and_then(|text| Arn::parse(text)).map(|arn| vec![arn.account.to_owned()]);
        let own = own.filter(|account| account.iter().any(|account| !account.is_empty()));
        for owner in account.2.iter().chain(&own) {
            points.extend(consistent(one, owner, filling).map(|arn| vec![arn, owner.clone()]));
        }
    }
    Some(merged(vec!["aws:sourcearn".to_owned(), "aws:sourceaccount".to_owned()], points, &tests, case))
}

/// The ARN as one of this account, if it can be.
fn consistent(arn: &[String], account: &[String], filling: &Filling) -> Option<Vec<String>> {
    let ([text], parsed) = (arn, arn.first().and_then(|text| Arn::parse(text))) else {
        return Some(arn.to_vec());
    };
    match (parsed.filter(|arn| !arn.account.is_empty()), account) {
        (None, _) => Some(arn.to_vec()),
        (Some(parsed), [account]) if parsed.account == account => Some(arn.to_vec()),
        (Some(parsed), [account]) if parsed.account == filling.account => {
            Some(vec![text.replace(&filling.account, account)])
        }
        _ => None,
    }
}

/// An axis with one point of those that all tests decide alike; the first.
fn merged(keys: Vec<String>, points: Vec<Vec<Vec<String>>>, tests: &[&Test], case: &Case<'_>) -> KeyAxis {
    let mut known: HashSet<Vec<Option<bool>>> = HashSet::new();
    let mut axis = KeyAxis { keys, points: Vec::new() };
    for point in points {
        let decided: Vec<Option<bool>> =
            tests.iter().map(|test| test.holds(axis.found(&point, &test.key), case)).collect();
        if known.insert(decided) {
            axis.points.push(point);
        }
    }
    axis
}

impl KeyAxis {
    /// The values that a point has for a key; an axis without names has one key.
    pub(super) fn found<'a>(&self, point: &'a [Vec<String>], key: &str) -> Found<'a> {
        let place = self.keys.iter().position(|known| known == key).unwrap_or(0);
        point.get(place).map_or(Found::ABSENT, |values| Found::Many(values))
    }
}
