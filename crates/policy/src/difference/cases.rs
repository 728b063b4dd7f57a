//! The values of policy variables that have to be told apart.

use super::people::{is_of_principal, people};
use super::space::{Case, Frame};
use crate::comparison::Test;
use crate::pattern::{Piece, Variable, pieces};
use crate::prepared::Rule;
use crate::statement::Element;

/// Every choice of values for the policy variables that the rules use: absent, one that nothing else has, and those
/// that conditions and other patterns have in their place. One empty case if there are no variables.
pub(super) fn cases(before: &[&Rule], after: &[&Rule], frame: Frame<'_>) -> Vec<Case> {
    const MOST: usize = 64;
    let rules: Vec<&Rule> = before.iter().chain(after).copied().collect();
    let texts: Vec<&String> = rules.iter().flat_map(|rule| texts(rule)).collect();
    let keys: Vec<(String, Vec<Option<String>>)> =
        keys(&texts).into_iter().map(|key| (key.clone(), values(&key, &rules, frame))).collect();
    let choices = keys.iter().try_fold(1_usize, |product, (_, values)| product.checked_mul(values.len()));
    if choices.is_some_and(|choices| choices <= MOST) { every(&keys) } else { one_by_one(&keys) }
}

type Choices = [(String, Vec<Option<String>>)];

/// Each value of each key with each of the others.
fn every(keys: &Choices) -> Vec<Case> {
    keys.iter().fold(vec![Case::default()], |cases, (key, values)| {
        let with = |value: &Option<String>| {
            let chosen = (key.clone(), value.clone());
            cases.iter().map(move |case| Case(case.0.iter().cloned().chain([chosen.clone()]).collect()))
        };
        values.iter().flat_map(with).collect()
    })
}

/// Each value of each key at least once, the others as they are first: so that no statement is left out.
fn one_by_one(keys: &Choices) -> Vec<Case> {
    let first =
        |(key, values): &(String, Vec<Option<String>>)| (key.clone(), values.first().cloned().flatten());
    let base = Case(keys.iter().map(first).collect());
    let others = keys.iter().enumerate().flat_map(|(place, (key, values))| {
        let base = &base;
        values.iter().skip(1).map(move |value| {
            let mut case = base.clone();
            if let Some(slot) = case.0.get_mut(place) {
                *slot = (key.clone(), value.clone());
            }
            case
        })
    });
    std::iter::once(base.clone()).chain(others).collect()
}

/// The resources and condition values of a rule.
fn texts(rule: &Rule) -> impl Iterator<Item = &String> {
    let resources = rule.source.resource.as_ref().into_iter().flat_map(Element::items);
    resources.chain(rule.source.condition.tests().iter().flat_map(|test| &test.values))
}

/// The keys of the variables, in lower case.
fn keys(texts: &[&String]) -> Vec<String> {
    let mut keys = Vec::new();
    for text in texts.iter().filter(|text| text.contains("${")) {
        for piece in pieces(text) {
            let Piece::Variable(inside) = piece else { continue };
            let key = Variable::parse(inside).key.to_ascii_lowercase();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

fn values(key: &str, rules: &[&Rule], frame: Frame<'_>) -> Vec<Option<String>> {
    // A resource is always somebody's.
    let accounts = || people_values("aws:principalaccount", frame);
    let mut asked = match key {
        "aws:resourceaccount" => accounts(),
        _ if is_of_principal(key) => {
            people_values(key, frame).into_iter().chain(those_of(key, rules, frame)).collect()
        }
        _ => vec![frame.filling.word.clone()],
    };
    let tests = || rules.iter().flat_map(|rule| &rule.condition);
    asked.extend(tests().filter(|test| test.key == key).flat_map(plain_values));
    asked.extend(side_by_side(key, &resources(rules)));
    let mut tested: Vec<&str> = tests().map(|test| test.key.as_str()).collect();
    tested.sort_unstable();
    tested.dedup();
    for other in tested {
        let texts: Vec<&String> =
            tests().filter(|test| test.key == other).flat_map(|test| &test.source.values).collect();
        asked.extend(side_by_side(key, &texts));
    }
    let mut values: Vec<Option<String>> = Vec::new();
    for value in asked.into_iter().map(Some).chain((key != "aws:resourceaccount").then_some(None)) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

fn resources<'a>(rules: &[&'a Rule]) -> Vec<&'a String> {
    rules.iter().filter_map(|rule| rule.source.resource.as_ref()).flat_map(Element::items).collect()
}

/// What texts that are compared with the same thing have in each other's place of the variable.
fn side_by_side(key: &str, texts: &[&String]) -> Vec<String> {
    texts.iter().flat_map(|text| in_place(key, text, texts)).collect()
}

fn people_values(key: &str, frame: Frame<'_>) -> Vec<String> {
    let account = frame.owner.unwrap_or(&frame.filling.account);
    let word = &frame.filling.word;
    match key {
        "aws:username" => vec![word.clone()],
        "aws:principalaccount" | "kms:calleraccount" => {
            vec![account.to_owned(), frame.filling.account.clone()]
        }
        "aws:principalarn" => vec![format!("arn:aws:iam::{account}:role/{word}")],
        "aws:principaltype" => ["AssumedRole", "User", "Account"].map(str::to_owned).to_vec(),
        _ => Vec::new(),
    }
}

/// The values that whoever the rules name has: nobody may be left out of every case.
fn those_of(key: &str, rules: &[&Rule], frame: Frame<'_>) -> Vec<String> {
    let named = people(frame.kind, rules, &Case::default(), frame.owner, frame.filling);
    named.iter().filter_map(|person| person.value(key)).map(str::to_owned).collect()
}

fn plain_values(test: &Test) -> impl Iterator<Item = String> {
    test.source.values.iter().filter(|value| !value.contains(['*', '?', '$'])).cloned()
}

/// What other texts have where this one has a variable of the key.
fn in_place(key: &str, text: &str, others: &[&String]) -> Vec<String> {
    let Some(start) = text.find("${") else { return Vec::new() };
    let (Some(before), Some(rest)) = (text.get(..start), text.get(start + 2..)) else { return Vec::new() };
    let Some((inside, behind)) = rest.split_once('}') else { return Vec::new() };
    if !Variable::parse(inside).key.eq_ignore_ascii_case(key) {
        return Vec::new();
    }
    let end = behind.chars().next();
    let value = |other: &&String| {
        let rest = other.strip_prefix(before)?;
        let length =
            rest.find(|char| Some(char) == end || matches!(char, '*' | '?' | '$')).unwrap_or(rest.len());
        rest.get(..length).filter(|value| !value.is_empty()).map(str::to_owned)
    };
    others.iter().filter_map(value).collect()
}
