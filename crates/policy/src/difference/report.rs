//! From parts of a space to changes that people read: the elements as the policies have them.

use super::covered::{maximal, widest};
use super::danger::{Gainers, marks};
use super::frame::Frame;
use super::gains::{Gained, Gains, Share};
use super::region::{Points, Region};
use super::space::{DEEDS, Mapped, PEOPLE, THINGS};
use super::undecided::Undecided;
use super::witness::Finder;
use super::{Direction, PermissionChange, Scope};
use crate::prepared::Rule;
use crate::principal::Principal;
use crate::statement::{Effect, Element, Statement};

/// The changes that gains are; for [`Direction::Lose`], those that losses are, which are gains the other way round.
pub(super) fn changes(
    gains: &Gains<'_>,
    direction: Direction,
    frame: Frame<'_>,
    finder: &Finder<'_>,
) -> Vec<PermissionChange> {
    let (same, opposite) = match direction {
        Direction::Gain => (Direction::Gain, Direction::Lose),
        Direction::Lose => (Direction::Lose, Direction::Gain),
    };
    let allowed = Half {
        effect: Effect::Allow,
        rules: gains.new,
        others: gains.old,
        mapped: |case| case.new,
        other_mapped: |case| case.old,
        shares: |case| &case.allowed,
        gains,
    };
    let undenied = Half {
        effect: Effect::Deny,
        rules: gains.old,
        others: gains.new,
        mapped: |case| case.old,
        other_mapped: |case| case.new,
        shares: |case| &case.undenied,
        gains,
    };
    let widens = direction == Direction::Gain;
    let mut changes = allowed.changes(same, widens, frame, finder);
    changes.extend(undenied.changes(opposite, widens, frame, finder));
    changes
}

/// The gains by statements of one effect: of the new policy that allow, or of the old one that deny no more.
struct Half<'a> {
    effect: Effect,
    rules: &'a [&'a Rule],
    others: &'a [&'a Rule],
    mapped: for<'b> fn(&'b Gained<'a>) -> &'b [Mapped],
    other_mapped: for<'b> fn(&'b Gained<'a>) -> &'b [Mapped],
    shares: for<'b> fn(&'b Gained<'a>) -> &'b [Share],
    gains: &'a Gains<'a>,
}

/// Some principals, actions and resources of a statement together.
#[derive(Clone, Debug)]
pub(super) struct Line {
    statement: Statement,
    sids: Vec<String>,
    /// The statements it is of.
    sources: Vec<usize>,
    /// In each case: whom it may reach.
    any: Vec<Region>,
    /// In each case: whom it reaches by itself.
    direct: Vec<Region>,
}

/// The chosen items of each element, by place.
type Chosen = [Vec<usize>; 3];

impl<'a> Half<'a> {
    fn changes(
        &self,
        direction: Direction,
        widens: bool,
        frame: Frame<'_>,
        finder: &Finder<'_>,
    ) -> Vec<PermissionChange> {
        let lines: Vec<Line> = (0..self.rules.len()).flat_map(|index| self.lines(index)).collect();
        let change = |line: Line| {
            let parts = self.parts_of(&line);
            let gainers = Gainers { line: &line.statement, parts: &parts, frame };
            let witness = if widens { finder.find(&parts) } else { None };
            let is_bound = witness.is_none() && self.is_bound(&line);
            // A denial that is lifted may show only where other policies allow.
            let is_unshown = witness.is_none() && widens && self.effect == Effect::Allow;
            let undecided = [(is_bound, Undecided::Parts), (is_unshown && !is_bound, Undecided::Unshown)];
            PermissionChange {
                direction,
                effect: self.effect,
                marks: if widens { marks(&gainers) } else { Vec::new() },
                witness,
                undecided: undecided.into_iter().filter_map(|(is, why)| is.then_some(why)).collect(),
                kept: self.kept(&line),
                scope: Scope::of(line.statement),
                sids: line.sids,
            }
        };
        grouped(without_covered(lines)).into_iter().map(change).collect()
    }

    fn cases(&self) -> &'a [Gained<'a>] {
        &self.gains.cases
    }

    /// What a statement gains, by items that are gained alike.
    fn lines(&self, index: usize) -> Vec<Line> {
        let Some(rule) = self.rules.get(index) else { return Vec::new() };
        let sizes = [0, 1, 2].map(|axis| self.item_count(index, axis));
        let cells = self.cells(index, sizes);
        let [people, deeds, things] = sizes;
        let row = |person: usize, deed: usize| {
            let start = (person * deeds + deed) * things;
            cells.get(start..start + things).unwrap_or_default()
        };
        let block = |person: usize| (0..deeds).map(|deed| row(person, deed)).collect::<Vec<_>>();
        let mut lines = Vec::new();
        for (alike, block) in alike((0..people).map(block)) {
            for (deeds, row) in self::alike(block.into_iter()) {
                let things: Vec<usize> =
                    (0..row.len()).filter(|thing| row.get(*thing) == Some(&true)).collect();
                if !things.is_empty() {
                    lines.push(self.line(index, rule, [alike.clone(), deeds, things]));
                }
            }
        }
        lines
    }

    fn item_count(&self, index: usize, axis: usize) -> usize {
        let mapped = self.cases().first().and_then(|case| (self.mapped)(case).get(index));
        mapped.and_then(|mapped| mapped.items.get(axis)).map_or(0, Vec::len)
    }

    /// For each principal, action and resource of a statement whether something of them together is gained.
    fn cells(&self, index: usize, [people, deeds, things]: [usize; 3]) -> Vec<bool> {
        let mut cells = vec![false; people.saturating_mul(deeds).saturating_mul(things)];
        for case in self.cases() {
            let (Some(mapped), Some(share)) =
                ((self.mapped)(case).get(index), (self.shares)(case).get(index))
            else {
                continue;
            };
            for part in &share.parts {
                let [whose, what, which] = [PEOPLE, DEEDS, THINGS].map(|axis| meeting(mapped, part, axis));
                for person in &whose {
                    for deed in &what {
                        for thing in &which {
                            let cell = (person * deeds + deed) * things + thing;
                            cells.get_mut(cell).into_iter().for_each(|cell| *cell = true);
                        }
                    }
                }
            }
        }
        cells
    }

    fn line(&self, index: usize, rule: &Rule, chosen: Chosen) -> Line {
        let chosen = self.without_covered_items(index, rule, chosen);
        let is_kms = rule.source.is_about_kms();
        let shown =
            |principal: &Principal| principal.issuer().filter(|_| is_kms).unwrap_or_else(|| principal.tidy());
        let [people, deeds, things] = &chosen;
        let mut statement = rule.source.clone();
        statement.sid = None;
        statement.principal =
            picked(rule.source.principal.as_ref().map(|element| element.map(shown)), people);
        statement.action = picked(statement.action, deeds);
        statement.resource = picked(statement.resource, things);
        let regions = |is_direct: bool| {
            let of = |case: &Gained<'a>| Some((self.mapped)(case).get(index)?.narrowed(&chosen, is_direct));
            self.cases().iter().filter_map(of).collect()
        };
        Line {
            statement,
            sids: rule.sid.iter().cloned().collect(),
            sources: vec![index],
            any: regions(false),
            direct: regions(true),
        }
    }

    /// Without the actions and resources that others of the chosen include.
    fn without_covered_items(&self, index: usize, rule: &Rule, chosen: Chosen) -> Chosen {
        let [people, deeds, things] = chosen;
        let everyone = |place: &usize| match &rule.source.principal {
            Some(Element::Only(items)) => {
                items.get(*place).is_some_and(|one| one.tidy() == Principal::Everyone)
            }
            _ => false,
        };
        let people = match people.iter().find(|place| everyone(place)) {
            Some(place) => vec![*place],
            None => people,
        };
        let widest = |axis: usize, places: Vec<usize>| {
            let items =
                |case: &'a Gained<'a>| Some((self.mapped)(case).get(index)?.items.get(axis)?.as_slice());
            let cases: Option<Vec<&[Points]>> = self.cases().iter().map(items).collect();
            cases.map_or_else(|| places.clone(), |cases| widest(&places, &cases))
        };
        [people, widest(DEEDS, deeds), widest(THINGS, things)]
    }

    fn shares_of<'b>(&self, case: &'b Gained<'a>, line: &'b Line) -> impl Iterator<Item = &'b Share> {
        let shares = (self.shares)(case);
        line.sources.iter().filter_map(|index| shares.get(*index))
    }

    /// Whether a line may gain less than it seems.
    fn is_bound(&self, line: &Line) -> bool {
        self.cases().iter().any(|case| self.shares_of(case, line).any(|share| share.is_bound))
    }

    /// The parts that a line gains, with the case of each.
    fn parts_of(&self, line: &Line) -> Vec<(&'a Gained<'a>, Region)> {
        let mut parts = Vec::new();
        for (case, any) in self.cases().iter().zip(&line.any) {
            for part in self.shares_of(case, line).flat_map(|share| &share.parts) {
                let part = part.and(any);
                if !part.is_empty() {
                    parts.push((case, part));
                }
            }
        }
        parts
    }

    /// What of a line the other side has as well.
    fn kept(&self, line: &Line) -> Vec<Scope> {
        let mut kept = Vec::new();
        for (index, rule) in self.others.iter().enumerate().filter(|(_, rule)| rule.effect == self.effect) {
            let Some(chosen) = self.kept_choice(index, line) else { continue };
            let swapped = Half {
                rules: self.others,
                others: self.rules,
                mapped: self.other_mapped,
                other_mapped: self.mapped,
                ..*self
            };
            let other = swapped.line(index, rule, chosen);
            if other.is_within(line) && !other.is_empty() {
                kept.push(other);
            }
        }
        grouped(without_covered(kept)).into_iter().map(|line| Scope::of(line.statement)).collect()
    }

    /// The items of another statement that lie within a line; `None` if an element has none.
    fn kept_choice(&self, index: usize, line: &Line) -> Option<Chosen> {
        let kept = |axis: usize| Some(self.kept_items(index, axis, line)).filter(|places| !places.is_empty());
        let (deeds, things) = (kept(DEEDS)?, kept(THINGS)?);
        Some([kept(PEOPLE)?, deeds, things])
    }

    fn kept_items(&self, index: usize, axis: usize, line: &Line) -> Vec<usize> {
        let is_within = |place: usize| {
            self.cases().iter().zip(&line.any).zip(&line.direct).all(|((case, any), direct)| {
                let Some(mapped) = (self.other_mapped)(case).get(index) else { return false };
                let is_in = |items: Option<&Vec<Points>>, region: &Region| {
                    let points = items.and_then(|items| items.get(place));
                    points.zip(region.0.get(axis)).is_some_and(|(points, whole)| points.is_within(whole))
                };
                is_in(mapped.items.get(axis), any) && (axis != PEOPLE || is_in(Some(&mapped.people), direct))
            })
        };
        let count = self.cases().first().and_then(|case| (self.other_mapped)(case).get(index));
        let count = count.and_then(|mapped| mapped.items.get(axis)).map_or(0, Vec::len);
        (0..count).filter(|place| is_within(*place)).collect()
    }
}

/// The items of an element that have something of a part.
fn meeting(mapped: &Mapped, part: &Region, axis: usize) -> Vec<usize> {
    let (Some(items), Some(points)) = (mapped.items.get(axis), part.0.get(axis)) else { return Vec::new() };
    items.iter().enumerate().filter(|(_, item)| item.meets(points)).map(|(place, _)| place).collect()
}

/// Places with the same content, in the order of their first.
fn alike<T: PartialEq>(contents: impl Iterator<Item = T>) -> Vec<(Vec<usize>, T)> {
    let mut groups: Vec<(Vec<usize>, T)> = Vec::new();
    for (place, content) in contents.enumerate() {
        match groups.iter_mut().find(|(_, known)| *known == content) {
            Some((places, _)) => places.push(place),
            None => groups.push((vec![place], content)),
        }
    }
    groups
}

/// Some items of an element, sorted; an exclusion is kept whole.
fn picked<T: Clone + Ord>(element: Option<Element<T>>, places: &[usize]) -> Option<Element<T>> {
    match element? {
        Element::Only(items) => {
            let mut picked: Vec<T> = places.iter().filter_map(|place| items.get(*place)).cloned().collect();
            picked.sort();
            picked.dedup();
            Some(Element::Only(picked))
        }
        whole => Some(whole),
    }
}

impl Line {
    fn is_within(&self, other: &Self) -> bool {
        let all = |mine: &[Region], theirs: &[Region]| {
            mine.iter().zip(theirs).all(|(one, other)| one.is_within(other))
        };
        all(&self.any, &other.any) && all(&self.direct, &other.direct)
    }

    fn is_empty(&self) -> bool {
        self.any.iter().all(Region::is_empty)
    }
}

fn without_covered(lines: Vec<Line>) -> Vec<Line> {
    maximal(&lines, Line::is_within).into_iter().cloned().collect()
}

/// Lines that differ in one element only, put together.
fn grouped(lines: Vec<Line>) -> Vec<Line> {
    let lines = merge(lines, |statement| &mut statement.action);
    let lines = merge(lines, |statement| &mut statement.resource);
    merge(lines, |statement| &mut statement.principal)
}

/// Joins the lines that are the same but for the items of one element.
fn merge<T: Ord>(lines: Vec<Line>, element: fn(&mut Statement) -> &mut Option<Element<T>>) -> Vec<Line> {
    let mut merged: Vec<(Line, Option<Element<T>>)> = Vec::new();
    for mut line in lines {
        let items = element(&mut line.statement).take();
        let same = merged.iter_mut().find(|(known, known_items)| {
            known.statement == line.statement
                && matches!((known_items, &items), (Some(Element::Only(_)), Some(Element::Only(_))))
        });
        match (same, items) {
            (Some((known, Some(Element::Only(known_items)))), Some(Element::Only(items))) => {
                known_items.extend(items);
                known_items.sort();
                known_items.dedup();
                known.join(line);
            }
            (_, items) => merged.push((line, items)),
        }
    }
    let restore = |(mut line, items): (Line, Option<Element<T>>)| {
        *element(&mut line.statement) = items;
        line
    };
    merged.into_iter().map(restore).collect()
}

impl Line {
    /// Adds a line that is the same but on one axis.
    fn join(&mut self, other: Self) {
        for sid in other.sids {
            if !self.sids.contains(&sid) {
                self.sids.push(sid);
            }
        }
        self.sources.extend(other.sources);
        let join = |mine: &mut Vec<Region>, theirs: &[Region]| {
            for (one, other) in mine.iter_mut().zip(theirs) {
                one.join(other);
            }
        };
        join(&mut self.any, &other.any);
        join(&mut self.direct, &other.direct);
    }
}

impl Mapped {
    /// The part of the rule that is about the chosen items.
    fn narrowed(&self, chosen: &Chosen, is_direct: bool) -> Region {
        let mut region = if is_direct { self.direct.clone() } else { self.any.clone() };
        for (axis, places) in chosen.iter().enumerate() {
            let items = match axis {
                PEOPLE if is_direct => &self.people,
                _ => self.items.get(axis).unwrap_or(&self.people),
            };
            let chosen = places.iter().filter_map(|place| items.get(*place));
            region.narrow(axis, chosen);
        }
        region
    }
}
