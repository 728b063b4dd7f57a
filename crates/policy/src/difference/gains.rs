//! What one list of statements allows and another does not, in parts of a space.

use super::cases::Case;
use super::frame::Frame;
use super::region::{Points, Region};
use super::relevance::Relevant;
use super::space::{DEEDS, Mapped, PEOPLE, Space, map};
use crate::prepared::Rule;
use crate::statement::Effect;

/// Both policies on the same axes, for one choice of values of policy variables.
pub(super) struct Layout<'a> {
    space: Space<'a>,
    before: Vec<Mapped>,
    after: Vec<Mapped>,
}

impl<'a> Layout<'a> {
    pub(super) fn new(relevant: &'a Relevant<'_>, case: &Case<'_>, frame: Frame<'_>) -> Self {
        let (space, [before, after]) = map(relevant, case, frame);
        Self { space, before, after }
    }
}

/// What is gained when some rules take the place of others.
pub(super) struct Gains<'a> {
    /// Those that were there.
    pub old: &'a [&'a Rule],
    /// Those that are.
    pub new: &'a [&'a Rule],
    /// The same for each choice of values of policy variables.
    pub cases: Vec<Gained<'a>>,
}

/// What is gained in one case.
pub(super) struct Gained<'a> {
    pub space: &'a Space<'a>,
    pub old: &'a [Mapped],
    pub new: &'a [Mapped],
    /// By place in `new`, if that rule allows: what nothing allowed.
    pub allowed: Vec<Share>,
    /// By place in `old`, if that rule denies: what is no longer denied.
    pub undenied: Vec<Share>,
}

/// What of a rule is gained.
#[derive(Default)]
pub(super) struct Share {
    pub parts: Vec<Region>,
    /// Whether it may be less.
    pub is_bound: bool,
}

/// What is gained from `before` to `after`, and the other way round, which is what is lost.
pub(super) fn gains_and_losses<'a>(
    before: &'a [&'a Rule],
    after: &'a [&'a Rule],
    layouts: &'a [Layout<'a>],
    frame: Frame<'a>,
) -> (Gains<'a>, Gains<'a>) {
    let gained = |layout: &'a Layout<'a>| self::gained(&layout.space, &layout.before, &layout.after, frame);
    let gains = Gains { old: before, new: after, cases: layouts.iter().map(gained).collect() };
    let lost = |(layout, gained): (&'a Layout<'a>, &Gained<'a>)| {
        let mut lost = self::gained(&layout.space, &layout.after, &layout.before, frame);
        add_cuts(&mut lost, gained, frame);
        lost
    };
    let losses =
        Gains { old: after, new: before, cases: layouts.iter().zip(&gains.cases).map(lost).collect() };
    (gains, losses)
}

fn gained<'a>(space: &'a Space<'a>, old: &'a [Mapped], new: &'a [Mapped], frame: Frame<'a>) -> Gained<'a> {
    let sides = Sides { old: Side::new(old), new: Side::new(new), space, frame };
    let (allowed, undenied) = (sides.allowed(new), sides.undenied(old));
    Gained { allowed, undenied, space, old, new }
}

/// Adds what new denials cut out of what is gained, which would otherwise seem to be gained whole.
fn add_cuts(lost: &mut Gained<'_>, gained: &Gained<'_>, frame: Frame<'_>) {
    if !frame.kind.must_allow() {
        return;
    }
    let is_gained = |(_, share): &(&Mapped, &Share)| !share.parts.is_empty();
    let gainers: Vec<&Region> =
        gained.new.iter().zip(&gained.allowed).filter(is_gained).map(|(mapped, _)| &mapped.any).collect();
    let stood = |denial: &Mapped| {
        gained.old.iter().any(|old| old.effect == Effect::Deny && denial.any.is_within(&old.any))
    };
    for (mapped, share) in gained.new.iter().zip(&mut lost.undenied) {
        if mapped.effect == Effect::Deny && !stood(mapped) {
            share.parts.extend(
                gainers
                    .iter()
                    .filter(|region| region.meets(&mapped.any))
                    .map(|region| region.and(&mapped.any)),
            );
        }
    }
}

/// The boxes of some rules.
struct Side<'a> {
    any: Vec<&'a Region>,
    direct: Vec<&'a Region>,
    denied: Vec<&'a Region>,
}

impl<'a> Side<'a> {
    fn new(mapped: &'a [Mapped]) -> Self {
        let of = |effect: Effect| mapped.iter().filter(move |mapped| mapped.effect == effect);
        let filled = |region: &&Region| !region.is_empty();
        Self {
            any: of(Effect::Allow).map(|mapped| &mapped.any).filter(filled).collect(),
            direct: of(Effect::Allow).map(|mapped| &mapped.direct).filter(filled).collect(),
            denied: of(Effect::Deny).map(|mapped| &mapped.any).filter(filled).collect(),
        }
    }
}

struct Sides<'a> {
    old: Side<'a>,
    new: Side<'a>,
    space: &'a Space<'a>,
    frame: Frame<'a>,
}

impl Sides<'_> {
    /// By new rule: what it allows, nothing denies, and nothing allowed, or only by handing on to an account.
    fn allowed(&self, mapped: &[Mapped]) -> Vec<Share> {
        let gained = |mapped: &Mapped| {
            if mapped.effect == Effect::Deny {
                return Share::default();
            }
            let denied = self.new.denied.iter().copied();
            let mut share = self.rest(&mapped.any, denied.clone().chain(self.old.any.iter().copied()));
            if mapped.direct != mapped.any || self.old.direct != self.old.any {
                let again = self.rest(&mapped.direct, denied.chain(self.old.direct.iter().copied()));
                share.parts.extend(again.parts);
                share.is_bound |= again.is_bound;
            }
            share
        };
        mapped.iter().map(gained).collect()
    }

    /// By old rule: what it denied, and nothing denies any more, if something may allow it.
    fn undenied(&self, mapped: &[Mapped]) -> Vec<Share> {
        let undenied = |mapped: &Mapped| {
            if mapped.effect == Effect::Allow {
                return Share::default();
            }
            let open = self.rest(&mapped.any, self.new.denied.iter().copied());
            let mut parts = Vec::new();
            for part in open.parts {
                if !self.frame.kind.must_allow() {
                    let free = part.with(
                        PEOPLE,
                        part.0.first().map_or_else(|| Points::none(1), |people| people.and(&self.insiders())),
                    );
                    parts.extend((!free.is_empty()).then_some(free));
                }
                parts.extend(self.allowed_on_both_sides(&part));
            }
            Share { parts, is_bound: open.is_bound }
        };
        mapped.iter().map(undenied).collect()
    }

    /// Those whom policies of their own may allow what this one does not.
    fn insiders(&self) -> Points {
        let Frame { kind, owner, .. } = self.frame;
        Points::new(self.space.people.len().max(1), |point| match self.space.people.get(point) {
            Some(person) if kind.is_of_resource() => {
                person.party.account().is_some_and(|account| owner.is_none_or(|owner| owner == account))
            }
            _ => true,
        })
    }

    fn allowed_on_both_sides(&self, part: &Region) -> Vec<Region> {
        let mut parts = Vec::new();
        for new in self.new.any.iter().filter(|new| new.meets(part)) {
            let both = part.and(new);
            for old in self.old.any.iter().filter(|old| old.meets(&both)) {
                let part = both.and(old);
                parts.extend((!part.is_empty()).then_some(part));
            }
        }
        parts
    }

    /// What of a box may be decided otherwise and is in none of others; at most the whole where that has too many parts.
    fn rest<'a>(&self, region: &Region, others: impl Iterator<Item = &'a Region> + Clone) -> Share {
        let region = region.within(DEEDS, &self.space.told_apart);
        match region.without(others) {
            Some(parts) => Share { parts, is_bound: false },
            None => Share { parts: vec![region], is_bound: true },
        }
    }
}
