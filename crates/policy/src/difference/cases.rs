//! The requests that are looked at together: for which actions, with which values of policy variables.

use super::choices::{Choice, generic, handed_on, values};
use super::frame::Frame;
use super::people::is_of_principal;
use super::relevance::{Cluster, Relevant};
use super::undecided::Undecided;
use super::variables::{has_default, keys_of, texts, uses, written_keys};
use crate::comparison::{Found, Test};
use crate::operator::Quantifier;
use crate::pattern::{NoVariables, Variables};
use crate::prepared::Rule;
use crate::statement::{Effect, Element};

/// The actions that the same rules are about, with fixed values of the policy variables that these rules use: a space is about
/// requests for these actions that have these values.
#[derive(Clone)]
pub(super) struct Case<'a> {
    /// By key in lower case; without a value where it is absent.
    pub values: Vec<(String, Option<String>)>,
    pub cluster: &'a Cluster,
}

impl Case<'_> {
    /// The value of a key in lower case, if it is fixed.
    pub(super) fn fixed(&self, key: &str) -> Option<&Option<String>> {
        self.values.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// The same, where one more variable has a value.
    fn with(&self, choice: &Choice, place: usize) -> Self {
        let mut case = self.clone();
        case.values.push((choice.key.clone(), choice.values.get(place).cloned().flatten()));
        case
    }
}

impl Variables for Case<'_> {
    fn value(&self, key: &str) -> Option<&str> {
        self.fixed(&key.to_ascii_lowercase())?.as_deref()
    }
}

/// The most choices of values that are looked at for some actions.
const MOST: usize = 256;

/// For the actions that the same rules are about, every choice of values for the policy variables that these rules use, as far as it
/// may matter. The first of a cluster is one in which no two texts have anything to do with each other.
pub(super) fn cases<'a>(relevant: &Relevant<'_>, clusters: &'a [Cluster], frame: Frame<'_>) -> Vec<Case<'a>> {
    clusters.iter().flat_map(|cluster| Variety::new(relevant, cluster, frame).cases()).collect()
}

/// The rules of a cluster, and the policy variables that they use.
struct Variety<'a, 'b> {
    rules: Vec<&'b Rule>,
    /// Those that only one of the policies has.
    changed: Vec<&'b Rule>,
    frame: Frame<'b>,
    /// In lower case.
    keys: Vec<String>,
    base: Case<'a>,
}

impl<'a, 'b> Variety<'a, 'b> {
    fn new(relevant: &Relevant<'b>, cluster: &'a Cluster, frame: Frame<'b>) -> Self {
        let at = |places: &[usize]| {
            places.iter().filter_map(|place| relevant.rules.get(*place).copied()).collect::<Vec<_>>()
        };
        let rules = at(&cluster.rules);
        let mut keys: Vec<String> = Vec::new();
        for key in rules.iter().flat_map(|rule| keys_of(rule)) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let base = Case { values: Vec::new(), cluster };
        Self { rules, changed: at(&cluster.changed), keys, frame, base }
    }

    fn cases(&self) -> Vec<Case<'a>> {
        if self.keys.is_empty() {
            return vec![self.base.clone()];
        }
        let mut cases = vec![Case { values: generic(&self.keys, self.frame), ..self.base.clone() }];
        for moving in self.moving() {
            let choices = self.choices(&moving);
            let some = every(&self.base, &choices).unwrap_or_else(|| {
                let spelled = moving.iter().map(|key| self.spelled(key)).collect();
                self.frame.doubts.add(Undecided::Variables(spelled));
                one_by_one(&self.base, &choices)
            });
            for case in some {
                if !cases.iter().any(|known| known.values == case.values) {
                    cases.push(case);
                }
            }
        }
        cases
    }

    /// The variables that have values at a time; the others are absent.
    ///
    /// What a rule newly allows is most where no other allowance reaches, and one that uses a variable reaches nothing where that is
    /// absent. So those are enough that the rule itself or a denial is about, and those whose absence lets another rule reach more.
    fn moving(&self) -> Vec<Vec<&str>> {
        let touched = |rule: &Rule| {
            let tested = rule.condition.iter().map(|test| test.key.clone());
            keys_of(rule).into_iter().chain(tested).collect::<Vec<_>>()
        };
        let denials = self.rules.iter().filter(|rule| rule.effect == Effect::Deny);
        let denied: Vec<String> = denials.flat_map(|rule| touched(rule)).collect();
        let is_always = |key: &String| {
            is_tied(key) || denied.contains(key) || self.rules.iter().any(|rule| may_grow(rule, key))
        };
        let always: Vec<bool> = self.keys.iter().map(is_always).collect();
        let of = |rule: &&Rule| -> Vec<&str> {
            let own = touched(rule);
            let moves = |(key, is_always): &(&String, &bool)| {
                **is_always || rule.effect == Effect::Deny || own.contains(key)
            };
            self.keys.iter().zip(&always).filter(moves).map(|(key, _)| key.as_str()).collect()
        };
        let mut sets: Vec<Vec<&str>> = self.changed.iter().map(of).collect();
        sets.sort();
        sets.dedup();
        let is_within = |one: &[&str], other: &[&str]| {
            one.len() < other.len() && one.iter().all(|key| other.contains(key))
        };
        let is_widest = |one: &&Vec<&str>| !sets.iter().any(|other| is_within(one, other));
        sets.iter().filter(is_widest).cloned().collect()
    }

    fn choices(&self, moving: &[&str]) -> Vec<Choice> {
        let is_moving = |key: &str| moving.contains(&key);
        let value = |(key, own): (String, Option<String>)| (key.clone(), own.filter(|_| is_moving(&key)));
        let generic = generic(&self.keys, self.frame).into_iter().map(value).collect();
        let generic = Case { values: generic, ..self.base.clone() };
        let rests = |text: &str| written_keys(text).any(|key| !is_moving(&key.to_ascii_lowercase()));
        let alive: Vec<&Rule> = self.rules.iter().filter(|rule| !vanishes(rule, rests)).copied().collect();
        let values = |key: &String| match is_moving(key) {
            true => values(key, &generic, &alive, self.frame),
            false => vec![None],
        };
        let choice = |key: &String| Choice { values: values(key), key: key.clone() };
        let mut choices: Vec<Choice> = self.keys.iter().map(choice).collect();
        handed_on(&mut choices, &alive);
        choices
    }

    /// A key as the policies write it.
    fn spelled(&self, key: &str) -> String {
        let texts = self.rules.iter().flat_map(|rule| texts(rule));
        let mut written = texts.flat_map(|text| written_keys(text));
        written.find(|known| known.eq_ignore_ascii_case(key)).unwrap_or(key).to_owned()
    }
}

/// Whether the value of a key follows from something else, or something else from it.
fn is_tied(key: &str) -> bool {
    is_of_principal(key) || matches!(key, "aws:resourceaccount" | "aws:sourcearn" | "aws:sourceaccount")
}

/// Whether an allowance may reach more where a key is absent than where it has a value.
fn may_grow(rule: &Rule, key: &str) -> bool {
    let is_open = |text: &str| uses(text, key) && !has_default(text);
    let holds_absent =
        |test: &Test| test.key == key && test.holds(Found::ABSENT, &NoVariables) != Some(false);
    let is_negated = |test: &Test| {
        let is_negated = test.operator.is_none_or(|operator| operator.negated);
        is_negated && test.source.values.iter().any(|value| uses(value, key))
    };
    let has_default = || texts(rule).any(|text| uses(text, key) && has_default(text));
    !vanishes(rule, is_open)
        && (has_default() || rule.condition.iter().any(|test| holds_absent(test) || is_negated(test)))
}

/// Whether an allowance reaches nothing if these of its texts stand for nothing.
fn vanishes(rule: &Rule, is_nothing: impl Fn(&str) -> bool) -> bool {
    let is_empty = |texts: &[String]| texts.iter().all(|text| is_nothing(text));
    let fails = |test: &Test| {
        let needs_a_value = test.operator.is_some_and(|operator| {
            !operator.negated && !operator.if_exists && operator.quantifier != Some(Quantifier::All)
        });
        needs_a_value && is_empty(&test.source.values)
    };
    let is_nowhere = matches!(&rule.source.resource, Some(Element::Only(items)) if is_empty(items));
    rule.effect == Effect::Allow && (is_nowhere || rule.condition.iter().any(fails))
}

/// Each value of each variable with each of the others; `None` if these are too many.
fn every<'a>(base: &Case<'a>, choices: &[Choice]) -> Option<Vec<Case<'a>>> {
    choices.iter().try_fold(vec![base.clone()], |cases, choice| {
        let with = |place: usize| cases.iter().map(move |case| case.with(choice, place));
        let some: Vec<Case<'_>> = (0..choice.values.len()).flat_map(with).take(MOST + 1).collect();
        (some.len() <= MOST).then_some(some)
    })
}

/// Values of each variable, the others as they are first, as many as are looked at: so that no statement is left out.
fn one_by_one<'a>(base: &Case<'a>, choices: &[Choice]) -> Vec<Case<'a>> {
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
