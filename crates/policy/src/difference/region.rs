//! Sets of requests: boxes over a few finite axes.

use crate::statement::Element;

/// A set of points of one axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Points(Vec<u64>);

impl Points {
    /// The points that hold, of so many.
    pub(super) fn new(size: usize, holds: impl Fn(usize) -> bool) -> Self {
        let mut words = vec![0_u64; size.div_ceil(64)];
        for (index, word) in words.iter_mut().enumerate() {
            for bit in 0..64 {
                let point = index * 64 + bit;
                if point < size && holds(point) {
                    *word |= 1 << bit;
                }
            }
        }
        Self(words)
    }

    /// All of so many.
    pub(super) fn all(size: usize) -> Self {
        Self::new(size, |_| true)
    }

    /// The points of each pattern, of so many, given which patterns each point fits.
    pub(super) fn by_pattern(fitting: &[Vec<usize>], patterns: usize) -> Vec<Self> {
        let mut points = vec![Self::none(fitting.len()); patterns];
        for (point, patterns) in fitting.iter().enumerate() {
            for pattern in patterns {
                if let Some(points) = points.get_mut(*pattern) {
                    points.set(point);
                }
            }
        }
        points
    }

    /// The points, of so many, of each item of an element; of an exclusion or an absence, those of the whole.
    pub(super) fn of_element<T>(
        element: Option<&Element<T>>,
        size: usize,
        of: impl Fn(&T) -> Option<Self>,
    ) -> Vec<Self> {
        let of = |item: &T| of(item).unwrap_or_else(|| Self::none(size));
        match element {
            Some(Element::Only(items)) => items.iter().map(of).collect(),
            Some(Element::AllBut(items)) => {
                let spared: Vec<Self> = items.iter().map(of).collect();
                vec![Self::all(size).without(&Self::any_of(&spared, size))]
            }
            None => vec![Self::none(size)],
        }
    }

    /// What one of these has, of so many.
    pub(super) fn any_of(all: &[Self], size: usize) -> Self {
        let mut any = Self::none(size);
        all.iter().for_each(|points| any.add(points));
        any
    }

    pub(super) fn set(&mut self, point: usize) {
        if let Some(word) = self.0.get_mut(point / 64) {
            *word |= 1 << (point % 64);
        }
    }

    /// None of so many.
    pub(super) fn none(size: usize) -> Self {
        Self(vec![0; size.div_ceil(64)])
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(one, other)| one & other != 0)
    }

    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(one, other)| one & !other == 0)
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one & other).collect())
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    fn without(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one & !other).collect())
    }

    /// The points that only one of both has.
    pub(super) fn apart(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one ^ other).collect())
    }

    /// The same, of so many, each point moved to its place.
    pub(super) fn moved(&self, size: usize, places: &[usize]) -> Self {
        let mut moved = Self::none(size);
        self.iter().filter_map(|point| places.get(point)).for_each(|place| moved.set(*place));
        moved
    }

    /// The points, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let bits = |(index, word): (usize, &u64)| {
            let rest = |word: u64| (word != 0).then_some(word);
            let words = std::iter::successors(rest(*word), move |word| rest(word & (word - 1)));
            words.map(move |word| index * 64 + word.trailing_zeros() as usize)
        };
        self.0.iter().enumerate().flat_map(bits)
    }
}

/// The requests that have a point of each of these on each axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Region(pub(super) Vec<Points>);

impl Region {
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().any(Points::is_empty)
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(one, other)| one.meets(other))
    }

    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(one, other)| one.is_within(other))
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one.and(other)).collect())
    }

    /// The same with other points on one axis.
    pub(super) fn with(&self, axis: usize, points: Points) -> Self {
        let mut region = self.clone();
        if let Some(slot) = region.0.get_mut(axis) {
            *slot = points;
        }
        region
    }

    /// Keeps of one axis what is in one of these.
    pub(super) fn narrow<'a>(&mut self, axis: usize, kept: impl Iterator<Item = &'a Points>) {
        let Some(slot) = self.0.get_mut(axis) else { return };
        let mut all = Points(vec![0; slot.0.len()]);
        kept.for_each(|points| all.add(points));
        *slot = slot.and(&all);
    }

    /// The part that is within these points of one axis.
    pub(super) fn within(&self, axis: usize, points: &Points) -> Self {
        let mut region = self.clone();
        if let Some(slot) = region.0.get_mut(axis) {
            *slot = slot.and(points);
        }
        region
    }

    /// Adds what `other` has on each axis; they are the same but on one, or one of them is nothing.
    pub(super) fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| mine.add(theirs));
    }

    /// What of this is not in `other`, in disjoint parts.
    fn split_by(mut self, other: &Self, parts: &mut Vec<Self>) {
        for axis in 0..self.0.len() {
            let (Some(mine), Some(theirs)) = (self.0.get(axis), other.0.get(axis)) else { continue };
            let outside = mine.without(theirs);
            if outside.is_empty() {
                continue;
            }
            let inside = mine.and(theirs);
            parts.push(self.with(axis, outside));
            self = self.with(axis, inside);
        }
    }

    /// What of this is in none of `others`, in disjoint parts; `None` if these become too many.
    pub(super) fn without<'a>(&self, others: impl Iterator<Item = &'a Self> + Clone) -> Option<Vec<Self>> {
        const MOST: usize = 4096;
        let is_nothing = self.is_empty() || others.clone().any(|other| self.is_within(other));
        let mut parts = if is_nothing { Vec::new() } else { vec![self.clone()] };
        for other in others {
            if parts.is_empty() {
                break;
            }
            if !parts.iter().any(|part| part.meets(other)) {
                continue;
            }
            let mut rest = Vec::with_capacity(parts.len());
            for part in parts {
                if part.meets(other) {
                    part.split_by(other, &mut rest);
                } else {
                    rest.push(part);
                }
            }
            if rest.len() > MOST {
                return None;
            }
            parts = rest;
        }
        Some(parts)
    }
}
