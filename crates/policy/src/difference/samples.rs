//! The texts that tell a family of patterns apart.

use std::collections::HashMap;

use super::family::Shape;
use super::frame::Frame;
use super::machine::{Machine, Read};
use super::undecided::Undecided;

/// A pattern, and in which of several lists it is, in order: of the resources of statements, or of the values of tests.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub shape: Shape,
    pub lists: Vec<usize>,
}

/// Each text of several lists once, with the places of the lists that have it.
pub(super) fn by_text<'a>(lists: impl Iterator<Item = &'a [String]>) -> Vec<(&'a str, Vec<usize>)> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut texts: Vec<(&str, Vec<usize>)> = Vec::new();
    for (list, text) in lists.enumerate().flat_map(|(list, texts)| texts.iter().map(move |text| (list, text)))
    {
        let place = *places.entry(text).or_insert(texts.len());
        match texts.get_mut(place) {
            Some((_, lists)) => lists.push(list),
            None => texts.push((text, vec![list])),
        }
    }
    texts
}

/// Texts such that whichever of the patterns a text fits, one of these fits the same, but for patterns that are in the same
/// lists: of those it fits one, or one that takes its place; `key`: the condition key that has them, none for resources.
pub(super) fn samples(patterns: &[Listed], key: Option<&str>, frame: Frame<'_>) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for text in patterns.iter().map(|pattern| pattern.shape.filled(frame.filling)) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let (plain, wild): (Vec<Read<'_>>, Vec<Read<'_>>) =
        distinct(patterns).into_iter().partition(|pattern| pattern.shape.is_text());
    for mut family in families(&wild) {
        if is_simple(&family, &plain, frame) {
            continue;
        }
        let near = plain.iter().filter(|text| family.iter().any(|wild| wild.shape.meets(text.shape)));
        family.extend(near.copied().collect::<Vec<_>>());
        let found = Machine::new(&family, frame.filling).texts();
        if !found.are_all {
            frame.doubts.add(Undecided::Patterns(key.map(str::to_owned)));
        }
        texts.extend(found.texts);
    }
    texts
}

/// Each pattern once, but `*`, with a number for the lists it is in.
fn distinct(patterns: &[Listed]) -> Vec<Read<'_>> {
    let mut places: HashMap<&Shape, usize> = HashMap::new();
    let mut merged: Vec<(&Shape, Vec<usize>)> = Vec::new();
    for Listed { shape, lists } in patterns.iter().filter(|pattern| !pattern.shape.is_everything()) {
        let place = *places.entry(shape).or_insert(merged.len());
        match merged.get_mut(place) {
            Some((_, known)) => known.extend(lists),
            None => merged.push((shape, lists.clone())),
        }
    }
    let mut groups: HashMap<Vec<usize>, usize> = HashMap::new();
    let read = |(shape, mut lists): (_, Vec<usize>)| {
        lists.sort_unstable();
        lists.dedup();
        let next = groups.len();
        Read { shape, group: *groups.entry(lists).or_insert(next) }
    };
    merged.into_iter().map(read).collect()
}

/// The patterns that hang together by texts that fit several.
fn families<'a>(patterns: &[Read<'a>]) -> Vec<Vec<Read<'a>>> {
    let mut families: Vec<Vec<Read<'_>>> = Vec::new();
    for pattern in patterns {
        let (mut joined, apart): (Vec<_>, Vec<_>) = families
            .into_iter()
            .partition(|family| family.iter().any(|other| other.shape.meets(pattern.shape)));
        let mut family: Vec<Read<'_>> = joined.drain(..).flatten().collect();
        family.push(*pattern);
        families = apart;
        families.push(family);
    }
    families
}

/// Whether what fills a pattern stands for what is its own, and any two of different lists lie apart or one within the other.
fn is_simple(family: &[Read<'_>], plain: &[Read<'_>], frame: Frame<'_>) -> bool {
    family.iter().all(|Read { shape, group }| {
        let text = shape.filled(frame.filling);
        let is_own = family.iter().all(|other| other.shape.covers(shape) || !other.shape.matches(&text));
        let is_nested = family.iter().all(|other| {
            other.group == *group
                || other.shape.covers(shape)
                || shape.covers(other.shape)
                || !other.shape.meets(shape)
        });
        is_own && is_nested && !plain.iter().any(|other| other.shape.matches(&text))
    })
}
