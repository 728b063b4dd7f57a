//! The values of a policy variable that have to be told apart.

use super::family::Shape;
use super::frame::Frame;
use super::people::{is_of_principal, people};
use super::places::side_by_side;
use super::samples::by_text;
use super::values::single_values;
use super::variables::uses;
use crate::comparison::Test;
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

/// The most values of one variable that come from other texts.
const MOST: usize = 64;

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
    let tests = || rules.iter().flat_map(|rule| &rule.condition);
    let mut asked: Vec<String> = generic.value(key).map(str::to_owned).into_iter().collect();
    asked.extend(people_values(key, frame));
    // A resource is always somebody's.
    let mut may_be_absent = key != "aws:resourceaccount";
    if is_of_principal(key) {
        let people = people(rules, &NoVariables, frame);
        asked.extend(people.iter().filter_map(|person| person.value(key)).map(str::to_owned));
        may_be_absent = people.iter().any(|person| person.value(key).is_none());
    }
    let of_key: Vec<&Test> = tests().filter(|test| test.key == key).collect();
    if !of_key.is_empty() {
        asked.extend(single_values(&of_key, generic, frame));
    }
    // A variable that is compared with another may have to be nothing: `${a}${b}` is `${a}`.
    let is_variable = |test: &&Test| generic.value(&test.key).is_some();
    if tests().filter(is_variable).flat_map(|test| &test.source.values).any(|value| uses(value, key)) {
        asked.push(String::new());
    }
    let resources = rules.iter().filter_map(|rule| rule.source.resource.as_ref()).map(Element::items);
    asked.extend(side_by_side(key, &by_text(resources), generic, Shape::resource, MOST));
    let mut tested: Vec<&str> = tests().map(|test| test.key.as_str()).collect();
    tested.sort_unstable();
    tested.dedup();
    for other in tested {
        let values = tests().filter(|test| test.key == other).map(|test| &test.source.values[..]);
        asked.extend(side_by_side(key, &by_text(values), generic, Shape::text, MOST));
    }
    let mut values: Vec<Option<String>> = Vec::new();
    for value in asked.into_iter().map(Some).chain(may_be_absent.then_some(None)) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
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
