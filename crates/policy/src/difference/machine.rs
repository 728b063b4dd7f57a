//! Several patterns that read a text at once, one character after the other: how far each has come is a bit.

use std::collections::HashSet;

use super::family::{Filling, Shape, Step};

/// The patterns, one behind the other: a bit for each of their steps and one for the end of each.
pub(super) struct Machine {
    start: Bits,
    /// The steps that stay where they are.
    many: Bits,
    ends: Bits,
    /// The first is one that no pattern has.
    letters: Vec<Letter>,
    /// By bit.
    pattern: Vec<usize>,
}

/// A character.
struct Letter {
    char: char,
    /// The steps that it does something to that the first letter does not.
    own: Bits,
    /// The steps that take it.
    takes: Bits,
}

type Bits = Vec<u64>;

/// What the patterns read.
pub(super) struct Texts {
    pub texts: Vec<String>,
    /// Whether there is one for each combination of patterns.
    pub are_all: bool,
}

impl Machine {
    pub(super) fn new(shapes: &[&Shape], filling: &Filling) -> Self {
        let steps: Vec<Option<Step>> =
            shapes.iter().flat_map(|shape| shape.steps.iter().copied().map(Some).chain([None])).collect();
        let bits = |holds: &dyn Fn(Option<Step>) -> bool| {
            let mut bits = vec![0; steps.len().div_ceil(64)];
            steps
                .iter()
                .enumerate()
                .filter(|(_, step)| holds(**step))
                .for_each(|(bit, _)| set(&mut bits, bit));
            bits
        };
        let mut chars = vec![filler(&steps, filling), ':'];
        for step in steps.iter().flatten() {
            let taken = match step {
                Step::Char(char) => vec![*char],
                Step::Letter(char) => char.to_uppercase().chain([*char]).collect(),
                _ => Vec::new(),
            };
            for char in taken {
                if !chars.contains(&char) {
                    chars.push(char);
                }
            }
        }
        let letter = |char: char| {
            let is_own = |step: Step| match step {
                Step::Char(_) | Step::Letter(_) => step.takes(char),
                Step::One { colon } | Step::Many { colon } => char == ':' && !colon,
            };
            let own = bits(&|step| step.is_some_and(is_own));
            Letter { char, own, takes: bits(&|step| step.is_some_and(|step| step.takes(char))) }
        };
        let mut start = vec![0; steps.len().div_ceil(64)];
        let firsts = shapes.iter().scan(0, |bit, shape| {
            let first = *bit;
            *bit += shape.steps.len() + 1;
            Some(first)
        });
        firsts.for_each(|bit| set(&mut start, bit));
        let pattern =
            shapes.iter().enumerate().flat_map(|(index, shape)| vec![index; shape.steps.len() + 1]).collect();
        let many = bits(&|step| step.is_some_and(Step::is_many));
        skip(&mut start, &many);
        let letters = chars.into_iter().map(letter).collect();
        Self { start, many, ends: bits(&|step| step.is_none()), letters, pattern }
    }

    /// One shortest text for each combination of patterns that some text fits, as far as states are looked at.
    pub(super) fn texts(&self) -> Texts {
        const MOST: usize = 20_000;
        let mut seen = HashSet::from([self.start.clone()]);
        let mut fitting: HashSet<Bits> = HashSet::new();
        // How each state was reached: from which other, by which character.
        let mut ways: Vec<(usize, char)> = vec![(0, '\0')];
        let mut texts = Vec::new();
        let mut latest = vec![(self.start.clone(), 0)];
        while !latest.is_empty() && seen.len() < MOST {
            let mut next = Vec::new();
            for (state, way) in latest {
                let fits = and(&state, &self.ends);
                if fits.iter().any(|word| *word != 0) && fitting.insert(fits) {
                    texts.push(text(&ways, way));
                }
                for (index, letter) in self.letters.iter().enumerate() {
                    if index > 0 && !meets(&state, &letter.own) {
                        continue;
                    }
                    let after = self.after(&state, letter);
                    if !self.is_done(&after, &fitting) && seen.insert(after.clone()) {
                        ways.push((way, letter.char));
                        next.push((after, ways.len() - 1));
                    }
                }
            }
            latest = next;
        }
        Texts { texts, are_all: latest.is_empty() }
    }

    fn after(&self, state: &[u64], letter: &Letter) -> Bits {
        let taken = and(state, &letter.takes);
        let mut after = and(&taken, &self.many);
        let moving: Bits = taken.iter().zip(&self.many).map(|(taken, many)| taken & !many).collect();
        step(&mut after, &moving);
        skip(&mut after, &self.many);
        after
    }

    /// Whether nothing new is to be found: at most one pattern is left, and a text of it alone is known.
    fn is_done(&self, state: &[u64], fitting: &HashSet<Bits>) -> bool {
        let first = state.iter().position(|word| *word != 0);
        let last = state.iter().rposition(|word| *word != 0);
        let (Some(first), Some(last)) = (first, last) else { return true };
        let bit = |word: usize, bit: fn(u64) -> u32| {
            state.get(word).map_or(0, |bits| word * 64 + bit(*bits) as usize)
        };
        let pattern = |bit: usize| self.pattern.get(bit);
        let pattern_of_all = pattern(bit(first, u64::trailing_zeros));
        if pattern_of_all != pattern(bit(last, |bits| 63 - bits.leading_zeros())) {
            return false;
        }
        let end = self.pattern.iter().rposition(|pattern| Some(pattern) == pattern_of_all);
        let mut alone = vec![0; state.len()];
        end.into_iter().for_each(|end| set(&mut alone, end));
        fitting.contains(&alone)
    }
}

/// A character that no pattern has.
fn filler(steps: &[Option<Step>], filling: &Filling) -> char {
    let is_fresh = |char: &char| {
        *char != ':'
            && !steps
                .iter()
                .flatten()
                .any(|step| matches!(step, Step::Char(_) | Step::Letter(_)) && step.takes(*char))
    };
    filling.word.chars().chain('a'..='z').chain('0'..='9').chain('\u{e0}'..).find(is_fresh).unwrap_or('x')
}

fn text(ways: &[(usize, char)], mut way: usize) -> String {
    let mut chars = Vec::new();
    while let Some((from, char)) = ways.get(way).filter(|_| way > 0) {
        chars.push(*char);
        way = *from;
    }
    chars.into_iter().rev().collect()
}

fn set(bits: &mut [u64], bit: usize) {
    if let Some(word) = bits.get_mut(bit / 64) {
        *word |= 1 << (bit % 64);
    }
}

fn and(one: &[u64], other: &[u64]) -> Bits {
    one.iter().zip(other).map(|(one, other)| one & other).collect()
}

fn meets(one: &[u64], other: &[u64]) -> bool {
    one.iter().zip(other).any(|(one, other)| one & other != 0)
}

/// Adds the bits behind these.
fn step(bits: &mut [u64], from: &[u64]) {
    let mut carry = 0;
    for (word, from) in bits.iter_mut().zip(from) {
        *word |= from << 1 | carry;
        carry = from >> 63;
    }
}

/// Adds what is behind each step that may also take nothing.
fn skip(bits: &mut [u64], many: &[u64]) {
    loop {
        let from = and(bits, many);
        let before = bits.to_vec();
        step(bits, &from);
        if bits == before.as_slice() {
            return;
        }
    }
}
