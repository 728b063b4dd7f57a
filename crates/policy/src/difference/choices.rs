//! The values of a policy variable that have to be told apart.

use super::family::{Filling, Shape};
use super::frame::Frame;
use super::people::{is_of_principal, people};
use super::places::{MOST, side_by_side};
use super::samples::by_text;
use super::undecided::Undecided;
use super::values::{has_quantifier, single_values};
use super::variables::{spellings, uses};
use crate::comparison::Test;
use crate::operator::Comparison;
use crate::pattern::{NoVariables, Variables};
use crate::prepared::Rule;
use crate::statement::Element;

/// A policy variable.
pub(super) struct Choice {
    /// In lower case.
    pub key: String,
    /// Those to be told apart.
    pub values: Vec<Option<String>>,
}

/// A value for each variable that no text and no other variable has, where it can have one.
pub(super) fn generic(keys: &[String], frame: Frame<'_>) -> Vec<(String, Option<String>)> {
    let value = |(place, key): (usize, &String)| {
        let of_somebody = people_values(key, frame).into_iter().next();
        (key.clone(), Some(of_somebody.unwrap_or_else(|| frame.filling.own(place))))
    };
    keys.iter().enumerate().map(value).collect()
}

/// The values of a variable: that of its own, those that conditions and other texts of some rules have in its place, and none.
/// `generic`: a value of its own for each that has one.
pub(super) fn values(
    key: &str,
    generic: &impl Variables,
    rules: &[&Rule],
    frame: Frame<'_>,
) -> Vec<Option<String>> {
    let mut asked: Vec<String> = generic.value(key).map(str::to_owned).into_iter().collect();
    asked.extend(people_values(key, frame));
    // A resource is always somebody's.
    let mut may_be_absent = key != "aws:resourceaccount";
    if is_of_principal(key) {
        let people = people(rules, &NoVariables, frame);
        asked.extend(people.iter().filter_map(|person| person.value(key)).map(str::to_owned));
        may_be_absent = people.iter().any(|person| person.value(key).is_none());
    }
    asked.extend(of_its_tests(key, generic, rules, frame));
    asked.extend(of_tests_with_it(key, generic, rules, frame));
    asked.extend(of_texts(key, generic, rules, frame.filling));
    if asked.len() > MOST {
        let mut written = rules.iter().flat_map(|rule| spellings(rule));
        let spelled = written.find(|known| known.eq_ignore_ascii_case(key)).unwrap_or(key);
        frame.doubts.add(Undecided::Variables(vec![spelled.to_owned()]));
    }
    let mut values: Vec<Option<String>> = Vec::new();
    for value in asked.into_iter().map(Some).chain(may_be_absent.then_some(None)) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

/// Those that tests of the key tell apart.
fn of_its_tests(key: &str, generic: &impl Variables, rules: &[&Rule], frame: Frame<'_>) -> Vec<String> {
    let of_key: Vec<&Test> = tests(rules).filter(|test| test.key == key).collect();
    // A variable stands for one value, and tests of several are about all.
    if has_quantifier(&of_key) {
        frame.doubts.add(Undecided::Sets(key.to_owned()));
    }
    if of_key.is_empty() { Vec::new() } else { single_values(&of_key, generic, frame) }
}

/// Those that the keys have with whose values the variable is compared.
fn of_tests_with_it(key: &str, generic: &impl Variables, rules: &[&Rule], frame: Frame<'_>) -> Vec<String> {
    let mut asked = Vec::new();
    for test in tests(rules).filter(|test| test.source.values.iter().any(|value| uses(value, key))) {
        // It may have to be nothing: `${a}${b}` is `${a}`.
        if generic.value(&test.key).is_some() {
            asked.push(String::new());
        }
        if is_of_principal(&test.key) {
            let people = people(rules, &NoVariables, frame);
            asked.extend(people.iter().filter_map(|person| person.value(&test.key)).map(str::to_owned));
        }
        match test.operator.map(|operator| operator.comparison) {
            Some(Comparison::Arn) => asked.push(frame.filling.arn()),
            Some(Comparison::Numeric(_) | Comparison::Date(_) | Comparison::Bool | Comparison::IpAddress) => {
                frame.doubts.add(Undecided::Typed(test.source.key.clone()));
            }
            _ => {}
        }
    }
    asked
}

/// Those that other resources, or other values of the keys that it is compared with, have in its place.
fn of_texts(key: &str, generic: &impl Variables, rules: &[&Rule], filling: &Filling) -> Vec<String> {
    let resources = rules.iter().filter_map(|rule| rule.source.resource.as_ref()).map(Element::items);
    let mut asked = side_by_side(key, &by_text(resources), generic, Shape::resource, filling);
    for tested in tested(rules) {
        let of_key = || tests(rules).filter(|test| test.key == tested);
        let texts = by_text(of_key().map(|test| &test.source.values[..]));
        let is_arn = |test: &Test| test.operator.is_some_and(|of| of.comparison == Comparison::Arn);
        if of_key().any(is_arn) {
            asked.extend(side_by_side(key, &texts, generic, Shape::arn, filling));
        }
        asked.extend(side_by_side(key, &texts, generic, Shape::text, filling));
    }
    asked
}

fn tests<'a>(rules: &[&'a Rule]) -> impl Iterator<Item = &'a Test> {
    rules.iter().flat_map(|rule| &rule.condition)
}

/// The keys that tests are about, once each.
fn tested<'a>(rules: &[&'a Rule]) -> Vec<&'a str> {
    let mut tested: Vec<&str> = tests(rules).map(|test| test.key.as_str()).collect();
    tested.sort_unstable();
    tested.dedup();
    tested
}

fn people_values(key: &str, frame: Frame<'_>) -> Vec<String> {
    let account = frame.owner.unwrap_or(&frame.filling.account);
    let word = &frame.filling.word;
    match key {
        "aws:username" => vec![word.clone()],
        "aws:principalaccount" | "kms:calleraccount" | "aws:resourceaccount" => {
            vec![account.to_owned(), frame.filling.account.clone()]
        }
        "aws:principalarn" => {
            vec![format!("arn:{}:iam::{account}:role/{word}", frame.filling.place.partition)]
        }
        "aws:principaltype" => ["AssumedRole", "User", "Account"].map(str::to_owned).to_vec(),
        _ => Vec::new(),
    }
}

/// Gives variables that are compared with the same key, or with each other, the values of each other.
pub(super) fn handed_on(choices: &mut [Choice], rules: &[&Rule]) {
    for key in tested(rules) {
        let uses_it = |choice: &Choice| {
            let mut texts = tests(rules).filter(|test| test.key == key).flat_map(|test| &test.source.values);
            texts.any(|text| uses(text, &choice.key))
        };
        let is_linked = |choice: &Choice| choice.key == key || uses_it(choice);
        let linked: Vec<bool> = choices.iter().map(is_linked).collect();
        let of_linked = choices.iter().zip(&linked).filter(|(_, is_linked)| **is_linked);
        let all: Vec<Option<String>> = of_linked.flat_map(|(choice, _)| choice.values.clone()).collect();
        for (choice, _) in choices.iter_mut().zip(&linked).filter(|(_, is_linked)| **is_linked) {
            for value in all.iter().filter(|value| value.is_some()) {
                if choice.values.len() > 1 && !choice.values.contains(value) {
                    choice.values.push(value.clone());
                }
            }
        }
    }
}
