//! Which of several lie within no other.

use std::collections::HashMap;

use super::region::Points;

/// Those that lie within no other; one of each that lie within each other.
pub(super) fn maximal<T>(items: &[T], within: impl Fn(&T, &T) -> bool) -> Vec<&T> {
    let is_covered = |(index, item): &(usize, &T)| {
        items.iter().enumerate().any(|(other_index, other)| {
            other_index != *index && within(item, other) && (other_index < *index || !within(other, item))
        })
    };
    items.iter().enumerate().filter(|entry| !is_covered(entry)).map(|(_, item)| item).collect()
}

/// The places, in order, whose points lie in every case within those of no other; one of each that have the same.
pub(super) fn widest(places: &[usize], cases: &[&[Points]]) -> Vec<usize> {
    // Only what has the first point of another can have all of it. Most long lists are of single actions.
    let mut holders: HashMap<(usize, usize), Vec<usize>> = HashMap::new();
    for (case, items) in cases.iter().enumerate() {
        for place in places {
            for point in items.get(*place).into_iter().flat_map(Points::iter) {
                holders.entry((case, point)).or_default().push(*place);
            }
        }
    }
    let first = |place: usize| {
        let in_case = |(case, items): (usize, &&[Points])| {
            Some((case, items.get(place).and_then(|one| one.iter().next())?))
        };
        cases.iter().enumerate().find_map(in_case)
    };
    let within = |one: usize, other: usize| {
        let in_case = |items: &&[Points]| {
            items.get(one).zip(items.get(other)).is_some_and(|(one, other)| one.is_within(other))
        };
        cases.iter().all(in_case)
    };
    let is_covered = |place: usize| {
        let holding = first(place).and_then(|first| holders.get(&first)).map_or(places, Vec::as_slice);
        let covers =
            |other: usize| other != place && within(place, other) && (other < place || !within(other, place));
        holding.iter().any(|other| covers(*other))
    };
    places.iter().copied().filter(|place| !is_covered(*place)).collect()
}
