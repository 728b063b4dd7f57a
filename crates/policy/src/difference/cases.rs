//! The values of policy variables that have to be told apart.

use super::family::Shape;
use super::frame::Frame;
use super::people::{is_of_principal, people};
use super::places::side_by_side;
use super::region::Points;
use super::relevance::Relevant;
use super::undecided::Undecided;
use crate::comparison::Test;
use crate::kind::Kind;
use crate::pattern::{NoVariables, Piece, Variable, Variables, pieces};
use crate::prepared::Rule;
use crate::statement::Element;

/// The values of policy variables, fixed: a space is about requests that have these.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub values: Vec<(String, Option<String>)>,
    /// The actions about which it may say something that no other case does: rules about them use every variable that
    /// has not its first value.
    pub news: Points,
}

/// A policy variable.
struct Choice {
    /// In lower case.
    key: String,
    /// Those to be told apart.
    values: Vec<Option<String>>,
    /// The actions of the rules that use it.
    used: Points,
}

impl Case {
    /// The value of a key in lower case, if it is fixed.
    pub(super) fn fixed(&self, key: &str) -> Option<&Option<String>> {
        self.values.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// The same, where one more variable has a value.
    fn with(&self, choice: &Choice, place: usize) -> Self {
        let mut case = self.clone();
        case.values.push((choice.key.clone(), choice.values.get(place).cloned().flatten()));
        if place > 0 {
            case.news = case.news.and(&choice.used);
        }
        case
    }
}

impl Variables for Case {
    fn value(&self, key: &str) -> Option<&str> {
        self.fixed(&key.to_ascii_lowercase())?.as_deref()
    }
}

/// The most choices that are looked at, and the most values of one variable that come from other texts.
const MOST: usize = 64;

/// Every choice of values for the policy variables that the rules use: absent, one that nothing else has, and those
/// that conditions and other patterns have in their place. One case if there are no variables.
pub(super) fn cases(relevant: &Relevant<'_>, frame: Frame<'_>) -> Vec<Case> {
    let rules = &relevant.rules;
    let texts: Vec<&String> = rules.iter().flat_map(|rule| texts(rule)).collect();
    let base = Case { values: Vec::new(), news: Points::all(relevant.actions.axis.len()) };
    let used = |key: &str| {
        let mut used = Points::none(relevant.actions.axis.len());
        let users =
            rules.iter().zip(&relevant.actions.by_rule).filter(|(rule, _)| uses(rule, key, frame.kind));
        users.flat_map(|(_, items)| items).for_each(|points| used.add(points));
        used
    };
    let choice = |key: String| Choice { values: values(&key, rules, frame), used: used(&key), key };
    let choices: Vec<Choice> = keys(&texts).into_iter().map(choice).collect();
    if let Some(cases) = every(&base, &choices, &relevant.told_apart) {
        return cases;
    }
    let spelled = |choice: &Choice| {
        let mut written = texts.iter().flat_map(|text| written_keys(text));
        written.find(|key| key.eq_ignore_ascii_case(&choice.key)).unwrap_or(&choice.key).to_owned()
    };
    frame.doubts.add(Undecided::Variables(choices.iter().map(spelled).collect()));
    one_by_one(&base, &choices)
}

/// Each value of each variable with each of the others, as far as that says something about the actions that are told apart;
/// `None` if these are too many.
fn every(base: &Case, choices: &[Choice], told_apart: &Points) -> Option<Vec<Case>> {
    choices.iter().try_fold(vec![base.clone()], |cases, choice| {
        let with = |place: usize| cases.iter().map(move |case| case.with(choice, place));
        let all = (0..choice.values.len()).flat_map(with).filter(|case| case.news.meets(told_apart));
        let some: Vec<Case> = all.take(MOST + 1).collect();
        (some.len() <= MOST).then_some(some)
    })
}

/// Values of each variable, the others as they are first, as many as are looked at: so that no statement is left out.
fn one_by_one(base: &Case, choices: &[Choice]) -> Vec<Case> {
    let chosen = |changed: Option<(usize, usize)>| {
        choices.iter().enumerate().fold(base.clone(), |case, (index, choice)| {
            let place = changed.filter(|(of, _)| *of == index).map_or(0, |(_, place)| place);
            case.with(choice, place)
        })
    };
    let places = choices.iter().enumerate();
    let mut others: Vec<(usize, usize)> = places
        .flat_map(|(index, choice)| (1..choice.values.len()).map(move |place| (index, place)))
        .collect();
    others.sort_by_key(|(_, place)| *place);
    std::iter::once(None).chain(others.into_iter().map(Some)).take(MOST).map(chosen).collect()
}

/// Whether what a rule decides may depend on the value of a key: a test or a variable has it, or one that goes with it.
fn uses(rule: &Rule, key: &str, kind: Kind) -> bool {
    let goes_with = |other: &str| {
        other == key
            || is_of_principal(key) && is_of_principal(other)
            || [key, other].iter().all(|key| matches!(*key, "aws:sourcearn" | "aws:sourceaccount"))
    };
    is_of_principal(key) && kind.has_principals()
        || rule.condition.iter().any(|test| goes_with(&test.key))
        || keys(&texts(rule).collect::<Vec<_>>()).iter().any(|key| goes_with(key))
}

/// The resources and condition values of a rule.
fn texts(rule: &Rule) -> impl Iterator<Item = &String> {
    let resources = rule.source.resource.as_ref().into_iter().flat_map(Element::items);
    resources.chain(rule.source.condition.tests().iter().flat_map(|test| &test.values))
}

/// The keys of the variables, in lower case.
fn keys(texts: &[&String]) -> Vec<String> {
    let mut keys = Vec::new();
    for key in texts.iter().flat_map(|text| written_keys(text)).map(str::to_ascii_lowercase) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// The keys of the variables of a text, as it has them.
fn written_keys(text: &str) -> impl Iterator<Item = &str> {
    let pieces = if text.contains("${") { pieces(text) } else { Vec::new() };
    pieces.into_iter().filter_map(|piece| match piece {
        Piece::Variable(inside) => Some(Variable::parse(inside).key),
        _ => None,
    })
}

/// The condition keys of a rule as it has them, of tests and of variables.
pub(super) fn spellings(rule: &Rule) -> impl Iterator<Item = &str> {
    let tested = rule.condition.iter().map(|test| test.source.key.as_str());
    tested.chain(texts(rule).flat_map(|text| written_keys(text)))
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
    asked.extend(side_by_side(key, &resources(rules), Shape::resource, MOST));
    let mut tested: Vec<&str> = tests().map(|test| test.key.as_str()).collect();
    tested.sort_unstable();
    tested.dedup();
    for other in tested {
        let texts: Vec<&String> =
            tests().filter(|test| test.key == other).flat_map(|test| &test.source.values).collect();
        asked.extend(side_by_side(key, &texts, Shape::text, MOST));
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
    let named = people(rules, &NoVariables, frame);
    named.iter().filter_map(|person| person.value(key)).map(str::to_owned).collect()
}

fn plain_values(test: &Test) -> impl Iterator<Item = String> {
    test.source.values.iter().filter(|value| !value.contains(['*', '?', '$'])).cloned()
}
