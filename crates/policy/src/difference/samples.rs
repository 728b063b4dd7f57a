//! The texts that tell a family of patterns apart.

use std::collections::HashSet;

use super::family::{Filling, Shape};
use super::frame::Frame;
use super::machine::Machine;
use super::undecided::Undecided;

/// Texts such that whichever of the patterns a text fits, one of these fits the same; `key`: the condition key that has
/// them, none for resources.
pub(super) fn samples(shapes: &[Shape], key: Option<&str>, frame: Frame<'_>) -> Vec<String> {
    let filling = frame.filling;
    // In their order: the same texts every time.
    let mut seen = HashSet::new();
    let distinct = shapes.iter().filter(|shape| !shape.is_everything() && seen.insert(*shape));
    let mut known = HashSet::new();
    let filled = shapes.iter().map(|shape| shape.filled(filling));
    let mut texts: Vec<String> = filled.filter(|text| known.insert(text.clone())).collect();
    let (plain, wild): (Vec<&Shape>, Vec<&Shape>) = distinct.partition(|shape| shape.is_text());
    for group in groups(&wild) {
        if is_simple(&group, &plain, filling) {
            continue;
        }
        let mut group = group;
        group.extend(
            plain
                .iter()
                .filter(|shape| group.iter().any(|wild| wild.meets(shape)))
                .copied()
                .collect::<Vec<_>>(),
        );
        let found = Machine::new(&group, filling).texts();
        if !found.are_all {
            frame.doubts.add(Undecided::Patterns(key.map(str::to_owned)));
        }
        texts.extend(found.texts);
    }
    texts
}

/// The patterns that hang together by texts that fit several.
fn groups<'a>(shapes: &[&'a Shape]) -> Vec<Vec<&'a Shape>> {
    let mut groups: Vec<Vec<&Shape>> = Vec::new();
    for shape in shapes {
        let (mut joined, apart): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group.iter().any(|other| other.meets(shape)));
        let mut group: Vec<&Shape> = joined.drain(..).flatten().collect();
        group.push(shape);
        groups = apart;
        groups.push(group);
    }
    groups
}

/// Whether any two patterns lie apart or one within the other, so that what fills one stands for what is its own.
fn is_simple(group: &[&Shape], plain: &[&Shape], filling: &Filling) -> bool {
    group.iter().all(|shape| {
        let text = shape.filled(filling);
        let is_own = group.iter().all(|other| other.covers(shape) || !other.matches(&text));
        let is_nested =
            group.iter().all(|other| other.covers(shape) || shape.covers(other) || !other.meets(shape));
        is_own && is_nested && !plain.iter().any(|other| other.matches(&text))
    })
}
