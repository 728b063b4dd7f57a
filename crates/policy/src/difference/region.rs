//! Sets of requests: boxes over a few finite axes.

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

    /// These points, of so many.
    pub(super) fn of(size: usize, points: &[usize]) -> Self {
        let mut words = vec![0_u64; size.div_ceil(64)];
        for point in points {
            words.get_mut(point / 64).into_iter().for_each(|word| *word |= 1 << (point % 64));
        }
        Self(words)
    }

    /// None of so many.
    pub(super) fn none(size: usize) -> Self {
        Self(vec![0; size.div_ceil(64)])
    }

    pub(super) fn has(&self, point: usize) -> bool {
        self.0.get(point / 64).is_some_and(|word| word >> (point % 64) & 1 == 1)
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

    fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    fn without(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one & !other).collect())
    }

    /// The points, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let bits = |(index, word): (usize, &u64)| {
            let word = *word;
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| index * 64 + bit)
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

    /// Adds what `other` has on one axis.
    pub(super) fn join(&mut self, other: &Self, axis: usize) {
        if let (Some(mine), Some(theirs)) = (self.0.get_mut(axis), other.0.get(axis)) {
            mine.add(theirs);
        }
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
    pub(super) fn without<'a>(&self, others: impl IntoIterator<Item = &'a Self>) -> Option<Vec<Self>> {
        const MOST: usize = 4096;
        let mut parts = if self.is_empty() { Vec::new() } else { vec![self.clone()] };
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
