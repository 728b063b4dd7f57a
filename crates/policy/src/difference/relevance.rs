//! Which rules can tell two policies apart.

use std::collections::{HashMap, HashSet};

use super::deeds::Actions;
use super::frame::Frame;
use super::region::Points;
use super::undecided::Undecided;
use super::{Direction, PermissionChange, Scope};
use crate::condition::Conditions;
use crate::party::Party;
use crate::prepared::Rule;
use crate::principal::Principal;
use crate::statement::{Effect, Element};

/// All of a rule but its actions: rules alike in these decide alike about an action that both are about.
type Body<'a> = (
    Effect,
    &'a Option<Element<Party>>,
    &'a Option<Element<Principal>>,
    &'a Option<Element<String>>,
    &'a Conditions,
);

/// The actions that the same rules are about.
pub(super) struct Cluster {
    /// The places of the rules.
    pub rules: Vec<usize>,
    /// Those of them that only one of the policies has.
    pub changed: Vec<usize>,
    /// The points of the actions.
    pub actions: Points,
}

/// The rules of two policies that a difference can be about, and their actions.
pub(super) struct Relevant<'a> {
    /// Of the policy before, then of the one after.
    pub rules: Vec<&'a Rule>,
    /// How many are of the policy before.
    pub before: usize,
    pub actions: Actions,
    /// The points of the actions about which the policies say something else.
    pub told_apart: Points,
    /// Whether something is allowed, or denied no more, that was not so in the same words.
    may_gain: bool,
    /// The same the other way round.
    may_lose: bool,
}

impl<'a> Relevant<'a> {
    /// The rules that share an action with one that says something about an action that the other policy does not say.
    ///
    /// All others are about actions about which both policies say the same: most changes touch few statements of a long
    /// policy.
    pub(super) fn new(before: &'a [Rule], after: &'a [Rule], frame: Frame<'_>) -> Self {
        let rules: Vec<&Rule> = before.iter().chain(after).collect();
        let actions = Actions::new(&rules, frame);
        let size = actions.axis.len();
        let about: Vec<Points> = actions.by_rule.iter().map(|items| Points::any_of(items, size)).collect();
        let Apart { points: told_apart, may_gain, may_lose } = Apart::new(&rules, before.len(), &about, size);
        let mut touched = Points::none(size);
        about.iter().filter(|points| points.meets(&told_apart)).for_each(|points| touched.add(points));
        let is_relevant: Vec<bool> = about.iter().map(|points| points.meets(&touched)).collect();
        // The others go to one place behind.
        let kept: Vec<usize> = touched.iter().collect();
        let mut places = vec![kept.len(); size];
        for (place, point) in kept.iter().enumerate() {
            places.get_mut(*point).into_iter().for_each(|slot| *slot = place);
        }
        let moved = |points: &Points| points.moved(kept.len() + 1, &places);
        let by_rule = chosen(&actions.by_rule, &is_relevant);
        Self {
            rules: chosen(&rules, &is_relevant).copied().collect(),
            before: is_relevant.iter().take(before.len()).filter(|relevant| **relevant).count(),
            told_apart: moved(&told_apart),
            actions: Actions {
                by_rule: by_rule.map(|items| items.iter().map(moved).collect()).collect(),
                axis: actions.picked(&kept),
            },
            may_gain,
            may_lose,
        }
    }

    /// The actions by the rules that are about them.
    pub(super) fn clusters(&self) -> Vec<Cluster> {
        let size = self.actions.axis.len();
        let mut about: Vec<Points> = vec![Points::none(self.rules.len()); size];
        for (index, items) in self.actions.by_rule.iter().enumerate() {
            for point in Points::any_of(items, size).iter() {
                about.get_mut(point).into_iter().for_each(|rules| rules.set(index));
            }
        }
        let mut places: HashMap<&Points, usize> = HashMap::new();
        let mut clusters: Vec<Cluster> = Vec::new();
        for (point, rules) in about.iter().enumerate().filter(|(_, rules)| !rules.is_empty()) {
            let place = *places.entry(rules).or_insert_with(|| {
                let rules: Vec<usize> = rules.iter().collect();
                let changed = self.changed(&rules);
                clusters.push(Cluster { rules, changed, actions: Points::none(size) });
                clusters.len() - 1
            });
            clusters.get_mut(place).into_iter().for_each(|cluster| cluster.actions.set(point));
        }
        clusters
    }

    /// Those of these rules that only one of the policies has.
    fn changed(&self, rules: &[usize]) -> Vec<usize> {
        let rule = |index: &usize| self.rules.get(*index).map(|rule| body(rule));
        let (old, new): (Vec<usize>, Vec<usize>) = rules.iter().partition(|index| **index < self.before);
        let [had, has] = [&old, &new].map(|side| side.iter().map(rule).collect::<HashSet<_>>());
        let gone = old.iter().filter(|index| !has.contains(&rule(index)));
        gone.chain(new.iter().filter(|index| !had.contains(&rule(index)))).copied().collect()
    }

    /// What may be gained and lost for all that is known, if something could not be decided.
    pub(super) fn in_doubt(&self, doubts: &[Undecided]) -> Vec<PermissionChange> {
        let sids = self.rules.iter().zip(&self.actions.by_rule);
        let sids = sids.filter(|(_, items)| items.iter().any(|item| item.meets(&self.told_apart)));
        let mut sids: Vec<String> = sids.filter_map(|(rule, _)| rule.sid.clone()).collect();
        sids.sort();
        sids.dedup();
        let actions = self.told_actions();
        let change = |direction: Direction| PermissionChange {
            direction,
            effect: Effect::Allow,
            scope: Scope {
                principals: None,
                actions: Some(Element::Only(actions.clone())),
                resources: None,
                conditions: Conditions::default(),
            },
            kept: Vec::new(),
            sids: sids.clone(),
            marks: Vec::new(),
            witness: None,
            undecided: doubts.to_vec(),
        };
        let directions = [(self.may_lose, Direction::Lose), (self.may_gain, Direction::Gain)];
        let possible = directions.into_iter().filter(|(may, _)| *may && !doubts.is_empty());
        possible.map(|(_, direction)| change(direction)).collect()
    }
}

impl Relevant<'_> {
    /// The actions that are told apart, as the rules write them; of patterns that are about the same of them the narrower.
    fn told_actions(&self) -> Vec<String> {
        let mut written: Vec<(&str, &Points)> = Vec::new();
        for (rule, items) in self.rules.iter().zip(&self.actions.by_rule) {
            let named = match &rule.source.action {
                Some(Element::Only(named)) => named.iter().map(String::as_str).collect(),
                _ => vec!["*"],
            };
            written.extend(named.into_iter().zip(items).filter(|(_, item)| item.meets(&self.told_apart)));
        }
        let is_wider = |(_, one): &&(&str, &Points)| {
            written.iter().any(|(_, other)| {
                other.is_within(one) && !one.is_within(other) && one.and(&self.told_apart).is_within(other)
            })
        };
        let mut actions: Vec<String> =
            written.iter().filter(|one| !is_wider(one)).map(|(name, _)| (*name).to_owned()).collect();
        actions.sort();
        actions.dedup();
        actions
    }
}

/// The actions about which the policies have other bodies of rules, and which side has more.
struct Apart {
    points: Points,
    may_gain: bool,
    may_lose: bool,
}

impl Apart {
    fn new(rules: &[&Rule], before: usize, about: &[Points], size: usize) -> Self {
        let mut bodies: HashMap<Body<'_>, [Points; 2]> = HashMap::new();
        for (index, (rule, points)) in rules.iter().zip(about).enumerate() {
            let sides = bodies.entry(body(rule)).or_insert_with(|| [Points::none(size), Points::none(size)]);
            let [old, new] = sides;
            if index < before { old } else { new }.add(points);
        }
        let mut apart = Self { points: Points::none(size), may_gain: false, may_lose: false };
        for ((effect, ..), [old, new]) in &bodies {
            apart.points.add(&old.apart(new));
            let (come, gone) = (!new.is_within(old), !old.is_within(new));
            let is_allowance = *effect == Effect::Allow;
            apart.may_gain |= if is_allowance { come } else { gone };
            apart.may_lose |= if is_allowance { gone } else { come };
        }
        apart
    }
}

fn chosen<'a, T>(items: &'a [T], is_chosen: &'a [bool]) -> impl Iterator<Item = &'a T> {
    items.iter().zip(is_chosen).filter(|(_, chosen)| **chosen).map(|(item, _)| item)
}

fn body(rule: &Rule) -> Body<'_> {
    let source = &rule.source;
    (source.effect, &rule.principal, &source.principal, &source.resource, &source.condition)
}
