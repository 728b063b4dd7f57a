//! From parts of a space to changes that people read: the elements as the policies have them.

use super::covered::widest;
use super::danger::{Gainers, marks};
use super::frame::Frame;
use super::gains::{Gained, Gains, Share};
use super::lines::{Line, Reached, grouped, without_covered};
use super::region::{Points, Region};
use super::space::{DEEDS, Mapped, PEOPLE, THINGS};
use super::undecided::Undecided;
use super::witness::Finder;
use super::{Direction, PermissionChange, Scope};
use crate::prepared::Rule;
use crate::principal::Principal;
use crate::statement::{Effect, Element};

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
    let old = || heard(gains, gains.old, |case| case.old, |case| &case.undenied);
    let new = || heard(gains, gains.new, |case| case.new, |case| &case.allowed);
    let allowed = Half {
        effect: Effect::Allow,
        rules: gains.new,
        heard: new(),
        others: gains.old,
        others_heard: old(),
        cases: &gains.cases,
    };
    let undenied = Half {
        effect: Effect::Deny,
        rules: gains.old,
        heard: old(),
        others: gains.new,
        others_heard: new(),
        cases: &gains.cases,
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
    /// By rule: the cases that are about it.
    heard: Vec<Vec<Heard<'a>>>,
    others: &'a [&'a Rule],
    others_heard: Vec<Vec<Heard<'a>>>,
    cases: &'a [Gained<'a>],
}

/// A rule in a case.
#[derive(Clone, Copy)]
struct Heard<'a> {
    case: usize,
    mapped: &'a Mapped,
    share: &'a Share,
}

/// The chosen items of each element, by place.
type Chosen = [Vec<usize>; 3];

/// By rule: the cases that are about it, in order.
fn heard<'a>(
    gains: &'a Gains<'a>,
    rules: &[&Rule],
    mapped: fn(&'a Gained<'a>) -> &'a [Mapped],
    shares: fn(&'a Gained<'a>) -> &'a [Share],
) -> Vec<Vec<Heard<'a>>> {
    let mut heard = vec![Vec::new(); rules.len()];
    for (case, gained) in gains.cases.iter().enumerate() {
        for (mapped, share) in mapped(gained).iter().zip(shares(gained)) {
            if let Some(cases) = heard.get_mut(mapped.rule) {
                cases.push(Heard { case, mapped, share });
            }
        }
    }
    heard
}

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

    /// What a statement gains, by items that are gained alike.
    fn lines(&self, index: usize) -> Vec<Line> {
        let Some((rule, heard)) = self.rules.get(index).zip(self.heard.get(index)) else { return Vec::new() };
        if heard.iter().all(|heard| heard.share.parts.is_empty()) {
            return Vec::new();
        }
        let sizes = [0, 1, 2].map(|axis| item_count(heard, axis));
        let cells = cells(heard, sizes);
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
                    lines.push(line(index, rule, heard, [alike.clone(), deeds, things]));
                }
            }
        }
        lines
    }

    /// The statements of a line, in each case.
    fn heard_of<'b>(&'b self, line: &'b Line) -> impl Iterator<Item = &'b Heard<'a>> {
        line.sources.iter().filter_map(|index| self.heard.get(*index)).flatten()
    }

    /// Whether a line may gain less than it seems.
    fn is_bound(&self, line: &Line) -> bool {
        self.heard_of(line).any(|heard| heard.share.is_bound)
    }

    /// The parts that a line gains, with the case of each.
    fn parts_of(&self, line: &Line) -> Vec<(&'a Gained<'a>, Region)> {
        let mut parts: Vec<(usize, Region)> = Vec::new();
        for Heard { case, share, .. } in self.heard_of(line) {
            let Some(reached) = line.in_case(*case) else { continue };
            let narrowed = share.parts.iter().map(|part| part.and(&reached.any));
            parts.extend(narrowed.filter(|part| !part.is_empty()).map(|part| (*case, part)));
        }
        parts.sort_by_key(|(case, _)| *case);
        parts.into_iter().filter_map(|(case, part)| Some((self.cases.get(case)?, part))).collect()
    }

    /// What of a line the other side has as well.
    fn kept(&self, line: &Line) -> Vec<Scope> {
        let mut kept = Vec::new();
        let others = self.others.iter().zip(&self.others_heard).enumerate();
        for (index, (rule, heard)) in others.filter(|(_, (rule, _))| rule.effect == self.effect) {
            let Some(chosen) = kept_choice(heard, line) else { continue };
            let other = self::line(index, rule, heard, chosen);
            if other.is_within(line) && !other.is_empty() {
                kept.push(other);
            }
        }
        grouped(without_covered(kept)).into_iter().map(|line| Scope::of(line.statement)).collect()
    }
}

/// The chosen items of a statement.
fn line(index: usize, rule: &Rule, heard: &[Heard<'_>], chosen: Chosen) -> Line {
    let chosen = without_covered_items(rule, heard, chosen);
    let is_kms = rule.source.is_about_kms();
    let shown =
        |principal: &Principal| principal.issuer().filter(|_| is_kms).unwrap_or_else(|| principal.tidy());
    let [people, deeds, things] = &chosen;
    let mut statement = rule.source.clone();
    statement.sid = None;
    statement.principal = picked(rule.source.principal.as_ref().map(|element| element.map(shown)), people);
    statement.action = picked(statement.action, deeds);
    statement.resource = picked(statement.resource, things);
    let reached = |Heard { case, mapped, .. }: &Heard<'_>| Reached {
        case: *case,
        any: mapped.narrowed(&chosen, false),
        direct: mapped.narrowed(&chosen, true),
    };
    let sids = rule.sid.iter().cloned().collect();
    Line { statement, sids, sources: vec![index], reached: heard.iter().map(reached).collect() }
}

/// Without the actions and resources that others of the chosen include.
fn without_covered_items(rule: &Rule, heard: &[Heard<'_>], chosen: Chosen) -> Chosen {
    let [people, deeds, things] = chosen;
    let everyone = |place: &usize| match &rule.source.principal {
        Some(Element::Only(items)) => items.get(*place).is_some_and(|one| one.tidy() == Principal::Everyone),
        _ => false,
    };
    let people = match people.iter().find(|place| everyone(place)) {
        Some(place) => vec![*place],
        None => people,
    };
    let widest = |axis: usize, places: Vec<usize>| {
        let items = heard.iter().filter_map(|heard| Some(heard.mapped.items.get(axis)?.as_slice()));
        widest(&places, &items.collect::<Vec<_>>())
    };
    [people, widest(DEEDS, deeds), widest(THINGS, things)]
}

/// The items of a statement that lie within a line of the other side; `None` if an element has none.
fn kept_choice(heard: &[Heard<'_>], line: &Line) -> Option<Chosen> {
    let some = |places: Vec<usize>| Some(places).filter(|places| !places.is_empty());
    let deeds = some(kept_items(heard, DEEDS, line))?;
    // Only where these actions are asked for does it matter by whom, and on what.
    let is_asked = |heard: &&Heard<'_>| {
        let items = heard.mapped.items.get(DEEDS);
        let points = deeds.iter().filter_map(|place| items?.get(*place));
        points.into_iter().any(|points| !points.is_empty())
    };
    let asked: Vec<Heard<'_>> = heard.iter().filter(is_asked).copied().collect();
    Some([some(kept_items(&asked, PEOPLE, line))?, deeds, some(kept_items(&asked, THINGS, line))?])
}

fn kept_items(heard: &[Heard<'_>], axis: usize, line: &Line) -> Vec<usize> {
    let is_within = |place: usize| {
        heard.iter().all(|Heard { case, mapped, .. }| {
            let reached = line.in_case(*case);
            let is_in = |items: Option<&Vec<Points>>, region: fn(&Reached) -> &Region| {
                let whole = reached.and_then(|reached| region(reached).0.get(axis));
                items.and_then(|items| items.get(place)).is_some_and(|points| {
                    points.is_empty() || whole.is_some_and(|whole| points.is_within(whole))
                })
            };
            is_in(mapped.items.get(axis), |reached| &reached.any)
                && (axis != PEOPLE || is_in(Some(&mapped.people), |reached| &reached.direct))
        })
    };
    (0..item_count(heard, axis)).filter(|place| is_within(*place)).collect()
}

fn item_count(heard: &[Heard<'_>], axis: usize) -> usize {
    heard.first().and_then(|heard| heard.mapped.items.get(axis)).map_or(0, Vec::len)
}

/// For each principal, action and resource of a statement whether something of them together is gained.
fn cells(heard: &[Heard<'_>], [people, deeds, things]: [usize; 3]) -> Vec<bool> {
    let mut cells = vec![false; people.saturating_mul(deeds).saturating_mul(things)];
    for Heard { mapped, share, .. } in heard {
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
