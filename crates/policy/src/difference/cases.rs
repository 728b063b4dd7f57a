//! The values of policy variables that have to be told apart.

use super::people::is_of_principal;
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
    let mut cases = vec![Case::default()];
    for key in keys(&texts) {
        let values = values(&key, &texts, &rules, frame);
        let choose = |case: &Case, value: &Option<String>| {
            let mut case = case.clone();
            case.0.push((key.clone(), value.clone()));
            case
        };
        cases = values
            .iter()
            .flat_map(|value| cases.iter().map(move |case| choose(case, value)))
            .take(MOST)
            .collect();
    }
    cases
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

fn values(key: &str, texts: &[&String], rules: &[&Rule], frame: Frame<'_>) -> Vec<Option<String>> {
    let mut values = vec![Some(frame.filling.word.clone()), None];
    let tests = rules.iter().flat_map(|rule| &rule.condition).filter(|test| test.key == key);
    let mut asked: Vec<String> = tests.flat_map(plain_values).collect();
    asked.extend(texts.iter().flat_map(|text| in_place(key, text, texts)));
    if is_of_principal(key) {
        values = vec![None];
        asked.extend(people_values(key, frame));
    }
    for value in asked {
        if !values.contains(&Some(value.clone())) {
            values.push(Some(value));
        }
    }
    values
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
