//! All requests, as far as two policies can tell them apart: a few points on each of a few axes.

use std::collections::{HashMap, HashSet};

use super::deeds::{Deeds, deeds};
use super::family::{Filling, Shape, samples};
use super::people::{Person, is_of_principal, people};
use super::region::{Points, Region};
use super::values::{has_quantifier, single_values};
use crate::arn::Arn;
use crate::comparison::{Found, Test};
use crate::kind::Kind;
use crate::party::{Party, Reach};
use crate::pattern::{Glob, Variables, tokens};
use crate::prepared::Rule;
use crate::statement::{Effect, Element};

/// The axis of who asks.
pub(super) const PEOPLE: usize = 0;
/// The axis of what is asked to be done.
pub(super) const DEEDS: usize = 1;
/// The axis of what it is done to.
pub(super) const THINGS: usize = 2;

/// The values of policy variables, fixed: a space is about requests that have these.
#[derive(Clone, Debug, Default)]
pub(super) struct Case(pub Vec<(String, Option<String>)>);

impl Case {
    fn fixed(&self, key: &str) -> Option<&Option<String>> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }
}

impl Variables for Case {
    fn value(&self, key: &str) -> Option<&str> {
        self.fixed(&key.to_ascii_lowercase())?.as_deref()
    }
}

/// What a policy is, and of whom.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub kind: Kind,
    /// The account that the resource belongs to.
    pub owner: Option<&'a str>,
    /// The resources that hold the audit logs, if they are known.
    pub logs: Option<&'a [String]>,
    pub filling: &'a Filling,
}

/// The axes.
pub(super) struct Space {
    /// Whether it matters who asks.
    pub has_people: bool,
    /// Those who may ask.
    pub people: Vec<Person>,
    /// The keys that follow from who asks, and that matter.
    pub person_keys: Vec<String>,
    pub deeds: Vec<Deeds>,
    pub things: Vec<Thing>,
    pub keys: Vec<KeyAxis>,
    /// The condition keys as the policies write them.
    spelling: Vec<String>,
}

/// A resource.
pub(super) struct Thing {
    pub text: String,
    /// Whether it stands for whatever no pattern but `*` fits.
    pub is_open: bool,
}

/// An axis of condition keys: one key, or several that belong together.
pub(super) struct KeyAxis {
    /// In lower case.
    pub keys: Vec<String>,
    /// The values of each of the keys; none if it is absent.
    pub points: Vec<Vec<Vec<String>>>,
}

/// A rule on the axes.
pub(super) struct Mapped {
    /// Whomever it may reach, also through the account.
    pub any: Region,
    /// Those whom it reaches by itself.
    pub direct: Region,
    /// The points of each principal, action and resource; of an exclusion or an absence, those of the whole.
    pub items: [Vec<Points>; 3],
    /// Those that each principal reaches by itself.
    pub people: Vec<Points>,
}

/// Builds the axes for some rules, and maps each.
pub(super) fn map(rules: &[&Rule], case: &Case, frame: Frame<'_>) -> (Space, Vec<Mapped>) {
    let has_people = frame.kind.has_principals() || asks_who(rules, case);
    let people = if has_people { people_axis(rules, case, frame) } else { Vec::new() };
    let (deeds, deed_points) = deeds_axis(rules, frame);
    let (things, thing_points) = things_axis(rules, case, frame);
    let keys = key_axes(rules, case, frame);
    let tested = rules.iter().flat_map(|rule| &rule.condition).map(|test| &test.key);
    let mut person_keys: Vec<String> =
        tested.chain(case.0.iter().map(|(key, _)| key)).filter(|key| is_of_principal(key)).cloned().collect();
    person_keys.sort();
    person_keys.dedup();
    let spelling =
        rules.iter().flat_map(|rule| rule.source.condition.tests()).map(|test| test.key.clone()).collect();
    let space = Space { has_people, people, person_keys, deeds, things, keys, spelling };
    let mut mapped = Vec::with_capacity(rules.len());
    for rule in rules {
        let mut actions = items(rule.source.action.as_ref(), &deed_points, space.deeds.len());
        if rule.resource.is_none() {
            let effective =
                Points::new(space.deeds.len(), |point| space.deeds.get(point).is_some_and(|one| !one.is_kms));
            actions.iter_mut().for_each(|points| *points = points.and(&effective));
        }
        let resources = resource_items(rule, &thing_points, &space, case);
        mapped.push(space.mapped(rule, [actions, resources], case, frame));
    }
    (space, mapped)
}

/// Whether conditions or variables are about who asks.
fn asks_who(rules: &[&Rule], case: &Case) -> bool {
    rules.iter().flat_map(|rule| &rule.condition).any(|test| is_of_principal(&test.key))
        || case.0.iter().any(|(key, _)| is_of_principal(key))
}

/// Everyone who may ask in this case.
fn people_axis(rules: &[&Rule], case: &Case, frame: Frame<'_>) -> Vec<Person> {
    let mut people = people(frame.kind, rules, case, frame.owner, frame.filling);
    people.retain(|person| {
        let fits = |(key, value): &(String, Option<String>)| person.value(key) == value.as_deref();
        case.0.iter().filter(|(key, _)| is_of_principal(key)).all(fits)
    });
    people
}

type ByText = HashMap<String, Points>;

fn deeds_axis(rules: &[&Rule], frame: Frame<'_>) -> (Vec<Deeds>, ByText) {
    let mut patterns: Vec<String> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for action in rules.iter().filter_map(|rule| rule.source.action.as_ref()).flat_map(Element::items) {
        places.entry(action.to_ascii_lowercase()).or_insert_with(|| {
            patterns.push(action.clone());
            patterns.len() - 1
        });
    }
    let lacks_resource = rules.iter().any(|rule| rule.resource.is_none());
    let (axis, fitting): (Vec<Deeds>, Vec<Vec<usize>>) =
        deeds(&patterns, frame.kind.service(), lacks_resource).into_iter().unzip();
    let points = points_by_text(&fitting, patterns.len());
    let by_text =
        places.into_iter().filter_map(|(text, place)| Some((text, points.get(place)?.clone()))).collect();
    (axis, by_text)
}

/// Turns the patterns of each point into the points of each pattern.
fn points_by_text(fitting: &[Vec<usize>], patterns: usize) -> Vec<Points> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); patterns];
    for (point, patterns) in fitting.iter().enumerate() {
        for pattern in patterns {
            members.get_mut(*pattern).into_iter().for_each(|list| list.push(point));
        }
    }
    members.iter().map(|points| Points::of(fitting.len(), points)).collect()
}

fn things_axis(rules: &[&Rule], case: &Case, frame: Frame<'_>) -> (Vec<Thing>, ByText) {
    let mut texts: Vec<&String> = Vec::new();
    let mut known: HashSet<&String> = HashSet::new();
    for text in rules.iter().filter_map(|rule| rule.source.resource.as_ref()).flat_map(Element::items) {
        if known.insert(text) {
            texts.push(text);
        }
    }
    let patterns: Vec<_> = texts.iter().filter_map(|text| Some((*text, tokens(text, case)?))).collect();
    let shapes: Vec<Shape> = patterns.iter().map(|(_, tokens)| Shape::resource(tokens)).collect();
    let globs: Vec<Glob> = patterns.iter().map(|(_, tokens)| Glob::new(tokens.iter().copied())).collect();
    let mut axis: Vec<Thing> = Vec::new();
    let mut known: HashSet<Vec<usize>> = HashSet::new();
    let mut fitting_by_point = Vec::new();
    let others = [format!("arn:aws:s3:::{}", frame.filling.word), frame.filling.word.clone()];
    for text in samples(&shapes, frame.filling).into_iter().chain(others) {
        let fits = |(_, glob): &(usize, &Glob)| glob.matches(&text);
        let fitting: Vec<usize> = globs.iter().enumerate().filter(fits).map(|(index, _)| index).collect();
        if known.insert(fitting.clone()) {
            let is_open = fitting.iter().all(|index| globs.get(*index) == Some(&Glob::Everything));
            axis.push(Thing { text, is_open });
            fitting_by_point.push(fitting);
        }
    }
    let points = points_by_text(&fitting_by_point, patterns.len());
    (axis, patterns.into_iter().map(|(text, _)| text.clone()).zip(points).collect())
}

fn key_axes(rules: &[&Rule], case: &Case, frame: Frame<'_>) -> Vec<KeyAxis> {
    let mut by_key: Vec<(&str, Vec<&Test>)> = Vec::new();
    for test in rules.iter().flat_map(|rule| &rule.condition).filter(|test| !is_of_principal(&test.key)) {
        match by_key.iter_mut().find(|(key, _)| *key == test.key) {
            Some((_, tests)) => tests.push(test),
            None => by_key.push((&test.key, vec![test])),
        }
    }
    for (key, _) in case.0.iter().filter(|(key, _)| !is_of_principal(key)) {
        if !by_key.iter().any(|(known, _)| known == key) {
            by_key.push((key, Vec::new()));
        }
    }
    let mut axes: Vec<KeyAxis> = Vec::new();
    let mut source = Vec::new();
    for (key, tests) in by_key {
        let points = match case.fixed(key) {
            Some(value) => vec![value.iter().cloned().collect()],
            None => key_points(key, &tests, case, frame.filling),
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
fn key_points(key: &str, tests: &[&Test], case: &Case, filling: &Filling) -> Vec<Vec<String>> {
    let singles = single_values(tests, case, filling);
    let mut points: Vec<Vec<String>> = Vec::new();
    if !matches!(key, "aws:resourceaccount" | "aws:viaawsservice") {
        points.push(Vec::new());
    }
    points.extend(singles.iter().map(|value| vec![value.clone()]));
    if has_quantifier(tests) {
        points.extend(several(&singles, tests, case));
    }
    points
}

/// Several values together, such that whatever several values do to tests, one of these does.
fn several(singles: &[String], tests: &[&Test], case: &Case) -> Vec<Vec<String>> {
    const MOST: usize = 8;
    let distinct =
        merged(Vec::new(), singles.iter().map(|one| vec![vec![one.clone()]]).collect(), tests, case);
    let distinct: Vec<String> = distinct.points.into_iter().flatten().flatten().take(MOST).collect();
    let choices = 1_usize << distinct.len();
    let chosen = |choice: usize| {
        distinct
            .iter()
            .enumerate()
            .filter(move |(index, _)| choice >> index & 1 == 1)
            .map(|(_, one)| one.clone())
    };
    let mut several: Vec<Vec<String>> = (0..choices)
        .filter(|choice| choice.count_ones() > 1)
        .map(|choice| chosen(choice).collect())
        .collect();
    several.sort_by_key(Vec::len);
    several
}

/// A key, the tests of it, and the values it can have.
type KeyPoints<'a> = (&'a str, Vec<&'a Test>, Vec<Vec<String>>);

/// `aws:SourceArn` and `aws:SourceAccount` together: the account is the one in the ARN, where it has one.
fn source_axis(mut source: Vec<KeyPoints<'_>>, case: &Case, filling: &Filling) -> Option<KeyAxis> {
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
fn merged(keys: Vec<String>, points: Vec<Vec<Vec<String>>>, tests: &[&Test], case: &Case) -> KeyAxis {
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
    fn found<'a>(&self, point: &'a [Vec<String>], key: &str) -> Found<'a> {
        let place = self.keys.iter().position(|known| known == key).unwrap_or(0);
        point.get(place).map_or(Found::ABSENT, |values| Found::Many(values))
    }
}

/// The points of each item of an element.
fn items(element: Option<&Element<String>>, by_text: &ByText, size: usize) -> Vec<Points> {
    let of = |text: &String| {
        by_text.get(&text.to_ascii_lowercase()).cloned().unwrap_or_else(|| Points::none(size))
    };
    match element {
        Some(Element::Only(items)) => items.iter().map(of).collect(),
        Some(Element::AllBut(items)) => {
            let spared: Vec<Points> = items.iter().map(of).collect();
            vec![Points::new(size, |point| !spared.iter().any(|points| points.has(point)))]
        }
        None => vec![Points::none(size)],
    }
}

fn resource_items(rule: &Rule, by_text: &ByText, space: &Space, case: &Case) -> Vec<Points> {
    let size = space.things.len();
    let of = |text: &String| by_text.get(text).cloned().unwrap_or_else(|| Points::none(size));
    match &rule.source.resource {
        Some(Element::Only(items)) => items.iter().map(of).collect(),
        // An exclusion that cannot be resolved is about nothing.
        Some(Element::AllBut(items)) if items.iter().any(|text| tokens(text, case).is_none()) => {
            vec![Points::none(size)]
        }
        Some(Element::AllBut(items)) => {
            let spared: Vec<Points> = items.iter().map(of).collect();
            vec![Points::new(size, |point| !spared.iter().any(|points| points.has(point)))]
        }
        None => vec![Points::new(size, |_| true)],
    }
}

impl Space {
    /// A key in lower case as the policies write it.
    pub(super) fn spelled<'a>(&'a self, key: &'a str) -> &'a str {
        self.spelling.iter().find(|known| known.eq_ignore_ascii_case(key)).map_or(key, String::as_str)
    }

    /// The account of the resource, where the policies compare it with a variable.
    pub(super) fn account_of_resource(&self) -> Option<&str> {
        let is_it = |axis: &&KeyAxis| axis.keys.iter().any(|key| key == "aws:resourceaccount");
        let [only] = self.keys.iter().find(is_it)?.points.as_slice() else { return None };
        only.first()?.first().map(String::as_str)
    }

    fn mapped(
        &self,
        rule: &Rule,
        [actions, resources]: [Vec<Points>; 2],
        case: &Case,
        frame: Frame<'_>,
    ) -> Mapped {
        let holds =
            |test: &Test, found: Found<'_>| test.holds(found, case).unwrap_or(rule.effect == Effect::Deny);
        let asks = |person: &Person| {
            let of_people = rule.condition.iter().filter(|test| is_of_principal(&test.key));
            of_people
                .into_iter()
                .all(|test| holds(test, person.value(&test.key).map_or(Found::ABSENT, Found::One)))
        };
        let size = self.people.len().max(1);
        let whole = |points: &[Points], size: usize| {
            Points::new(size, |point| points.iter().any(|one| one.has(point)))
        };
        let reaches = |level: Level| {
            Points::new(size, |point| match self.people.get(point) {
                Some(person) => {
                    asks(person) && level.is_met(self.reach(rule, person, frame), rule, person, frame)
                }
                None => !self.has_people && rule.principal.is_none(),
            })
        };
        let mut axes = vec![
            reaches(Level::Any),
            whole(&actions, self.deeds.len()),
            whole(&resources, self.things.len()),
        ];
        for axis in &self.keys {
            let tests: Vec<&Test> =
                rule.condition.iter().filter(|test| axis.keys.contains(&test.key)).collect();
            axes.push(Points::new(axis.points.len(), |point| {
                let point = axis.points.get(point).map_or(&[][..], Vec::as_slice);
                tests.iter().all(|test| holds(test, axis.found(point, &test.key)))
            }));
        }
        let any = Region(axes);
        let direct = any.with(PEOPLE, reaches(Level::Direct));
        let people = self.people_items(rule, &any, Level::Any, frame);
        let directly = self.people_items(rule, &direct, Level::Direct, frame);
        Mapped { items: [people, actions, resources], people: directly, any, direct }
    }

    /// How a rule reaches someone; rules without principals reach whoever has them.
    fn reach(&self, rule: &Rule, person: &Person, frame: Frame<'_>) -> Option<Reach> {
        if frame.kind.has_principals() {
            return rule.reach(&person.party);
        }
        rule.principal.is_none().then_some(Reach::Exact)
    }

    /// The points of each principal that a rule names, of those in its box.
    fn people_items(&self, rule: &Rule, region: &Region, level: Level, frame: Frame<'_>) -> Vec<Points> {
        let size = self.people.len().max(1);
        let whole = || region.0.first().cloned().unwrap_or_else(|| Points::none(size));
        let Some(Element::Only(named)) = &rule.principal else { return vec![whole()] };
        let of = |party: &Party| {
            let reaches =
                |person: &Person| level.is_met(party.reach(&person.party, rule.effect), rule, person, frame);
            Points::new(size, |point| self.people.get(point).is_some_and(reaches)).and(&whole())
        };
        named.iter().map(of).collect()
    }
}

/// How far a rule must reach.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Any,
    Direct,
}

impl Level {
    fn is_met(self, reach: Option<Reach>, rule: &Rule, person: &Person, frame: Frame<'_>) -> bool {
        let is_own = || person.party.account() == frame.owner;
        // Within the account of such a resource the policies of identities are enough, and root needs none.
        let is_free =
            || rule.effect == Effect::Allow && frame.kind.is_of_resource() && !frame.kind.must_allow();
        match (reach, self) {
            (None, _) => false,
            (Some(Reach::Account), _) if frame.kind == Kind::Endpoint => false,
            (Some(Reach::Account), _) if frame.owner.is_some() && is_own() && is_free() => false,
            (Some(_), _) if person.is_root() && is_own() && is_free() => false,
            (Some(Reach::Account), Self::Direct) => {
                !frame.kind.is_of_resource() || frame.owner.is_some() && !is_own()
            }
            (Some(_), _) => true,
        }
    }
}
