//! All requests, as far as two policies can tell them apart: a few points on each of a few axes.

use super::cases::Case;
use super::deeds::Deeds;
use super::frame::Frame;
use super::keys::{KeyAxis, key_axes};
use super::people::{Person, is_of_principal, people};
use super::reach::Level;
use super::region::{Points, Region};
use super::relevance::Relevant;
use super::things::{Thing, Things};
use super::variables::spellings;
use crate::comparison::{Found, Test};
use crate::party::{Party, Reach};
use crate::prepared::Rule;
use crate::statement::{Effect, Element};

/// The axis of who asks.
pub(super) const PEOPLE: usize = 0;
/// The axis of what is asked to be done.
pub(super) const DEEDS: usize = 1;
/// The axis of what it is done to.
pub(super) const THINGS: usize = 2;

/// The axes.
pub(super) struct Space<'a> {
    /// Whether it matters who asks.
    pub has_people: bool,
    /// Those who may ask.
    pub people: Vec<Person>,
    /// The keys that follow from who asks, and that matter.
    pub person_keys: Vec<String>,
    pub deeds: &'a [Deeds],
    /// The deeds about which the policies say something else.
    pub told_apart: Points,
    pub things: Vec<Thing>,
    pub keys: Vec<KeyAxis>,
    /// The condition keys as the policies write them.
    spelling: Vec<String>,
}

/// A rule on the axes.
pub(super) struct Mapped {
    /// Its place in its policy, of those that matter.
    pub rule: usize,
    pub effect: Effect,
    /// Whomever it may reach, also through the account.
    pub any: Region,
    /// Those whom it reaches by itself.
    pub direct: Region,
    /// The points of each principal, action and resource; of an exclusion or an absence, those of the whole.
    pub items: [Vec<Points>; 3],
    /// Those that each principal reaches by itself.
    pub people: Vec<Points>,
}

/// Builds the axes for the rules of a case, and maps each: those of the policy before, and those of the one after.
pub(super) fn map<'a>(
    relevant: &'a Relevant<'_>,
    case: &Case<'_>,
    frame: Frame<'_>,
) -> (Space<'a>, [Vec<Mapped>; 2]) {
    let Relevant { rules: all, actions, told_apart, before, .. } = relevant;
    let rules: Vec<&Rule> = case.cluster.rules.iter().filter_map(|index| all.get(*index).copied()).collect();
    let has_people = frame.kind.has_principals() || asks_who(&rules, case);
    let people = if has_people { people_axis(&rules, case, frame) } else { Vec::new() };
    let Things { axis: things, by_rule } = Things::new(&rules, case, frame);
    let keys = key_axes(&rules, case, frame);
    let tests = || rules.iter().flat_map(|rule| &rule.condition);
    let asked = tests().map(|test| &test.key).chain(case.values.iter().map(|(key, _)| key));
    let mut person_keys: Vec<String> = asked.filter(|key| is_of_principal(key)).cloned().collect();
    person_keys.sort();
    person_keys.dedup();
    let spelling = rules.iter().flat_map(|rule| spellings(rule)).map(str::to_owned).collect();
    let told_apart = told_apart.and(&case.cluster.actions);
    let space =
        Space { has_people, people, person_keys, deeds: &actions.axis, told_apart, things, keys, spelling };
    let mut sides = [Vec::new(), Vec::new()];
    for ((index, rule), resources) in case.cluster.rules.iter().zip(&rules).zip(by_rule) {
        let items = actions.by_rule.get(*index).into_iter().flatten();
        let actions = items.map(|points| points.and(&case.cluster.actions)).collect();
        let [old, new] = &mut sides;
        let (side, place) = if index < before { (old, *index) } else { (new, *index - before) };
        side.push(space.mapped((place, rule), [actions, resources], case, frame));
    }
    (space, sides)
}

/// Whether conditions or variables are about who asks.
fn asks_who(rules: &[&Rule], case: &Case<'_>) -> bool {
    rules.iter().flat_map(|rule| &rule.condition).any(|test| is_of_principal(&test.key))
        || case.values.iter().any(|(key, _)| is_of_principal(key))
}

/// Everyone who may ask in this case.
fn people_axis(rules: &[&Rule], case: &Case<'_>, frame: Frame<'_>) -> Vec<Person> {
    let mut people = people(rules, case, frame);
    people.retain(|person| {
        let fits = |(key, value): &(String, Option<String>)| person.value(key) == value.as_deref();
        case.values.iter().filter(|(key, _)| is_of_principal(key)).all(fits)
    });
    people
}

impl Space<'_> {
    /// A key in lower case as the policies write it.
    pub(super) fn spelled<'b>(&'b self, key: &'b str) -> &'b str {
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
        (place, rule): (usize, &Rule),
        [actions, resources]: [Vec<Points>; 2],
        case: &Case<'_>,
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
            Points::any_of(&actions, self.deeds.len()),
            Points::any_of(&resources, self.things.len()),
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
        let items = [people, actions, resources];
        Mapped { rule: place, effect: rule.effect, items, people: directly, any, direct }
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
