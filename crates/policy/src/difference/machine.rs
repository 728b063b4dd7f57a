//! Several patterns that read a text at once, one character after the other: how far each has come is a bit.

use std::collections::HashSet;

use super::family::{Filling, Shape, Step};

/// A pattern, and the group it belongs to: which of a group a text fits need not be known.
#[derive(Clone, Copy)]
pub(super) struct Read<'a> {
    pub shape: &'a Shape,
    pub group: usize,
}

/// The patterns, one behind the other: a bit for each of their steps and one for the end of each.
pub(super) struct Machine {
    start: Bits,
    /// The steps that stay where they are.
    many: Bits,
    ends: Bits,
    /// The first is one that no pattern has.
    letters: Vec<Letter>,
    patterns: Vec<Stretch>,
    /// Where each pattern takes whatever follows, and the bits of the others of its group.
    open: Vec<(usize, Bits)>,
}

/// The bits of a pattern.
struct Stretch {
    all: Bits,
    end: usize,
    group: usize,
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
    /// Whether there is one for each pattern with each combination of other groups.
    pub are_all: bool,
}

impl Machine {
    pub(super) fn new(read: &[Read<'_>], filling: &Filling) -> Self {
        let steps: Vec<Option<Step>> =
            read.iter().flat_map(|one| one.shape.steps.iter().copied().map(Some).chain([None])).collect();
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
        let many = bits(&|step| step.is_some_and(Step::is_many));
        let patterns = stretches(read, steps.len());
        let mut start = vec![0; steps.len().div_ceil(64)];
        patterns
            .iter()
            .zip(read)
            .for_each(|(stretch, one)| set(&mut start, stretch.end - one.shape.steps.len()));
        skip(&mut start, &many);
        let is_open = |stretch: &&Stretch| {
            let last = stretch.end.checked_sub(1).and_then(|last| steps.get(last).copied().flatten());
            last == Some(Step::Many { colon: true })
        };
        let open = patterns
            .iter()
            .filter(is_open)
            .map(|stretch| (stretch.end - 1, others(stretch, &patterns)))
            .collect();
        let letters = chars.into_iter().map(letter).collect();
        Self { start, many, ends: bits(&|step| step.is_none()), letters, patterns, open }
    }

    /// One shortest text for each pattern with each combination of groups that some text fits, and one that of its group it fits
    /// alone, as far as states are looked at.
    pub(super) fn texts(&self) -> Texts {
        const MOST: usize = 20_000;
        let mut seen = HashSet::from([self.start.clone()]);
        let mut known = Known::default();
        // How each state was reached: from which other, by which character.
        let mut ways: Vec<(usize, char)> = vec![(0, '\0')];
        let mut texts = Vec::new();
        let mut latest = vec![(self.start.clone(), 0)];
        while !latest.is_empty() && seen.len() < MOST {
            let mut next = Vec::new();
            for (state, way) in latest {
                if meets(&state, &self.ends) && known.add(&state, &self.patterns) {
                    texts.push(text(&ways, way));
                }
                for (index, letter) in self.letters.iter().enumerate() {
                    if index > 0 && !meets(&state, &letter.own) {
                        continue;
                    }
                    let after = self.after(&state, letter);
                    if !self.is_done(&after, &known) && seen.insert(after.clone()) {
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
        for (bit, others) in &self.open {
            if has(&after, *bit) {
                after.iter_mut().zip(others).for_each(|(word, others)| *word &= !others);
            }
        }
        after
    }

    /// Whether nothing new is to be found: at most one group is left, and of each pattern of it a text is known that fits it alone.
    fn is_done(&self, state: &[u64], known: &Known) -> bool {
        let mut left = self.patterns.iter().enumerate().filter(|(_, pattern)| meets(state, &pattern.all));
        let Some((first, pattern)) = left.next() else { return true };
        let is_known = |index: usize| known.0.contains(&(index, vec![pattern.group], true));
        is_known(first) && left.all(|(index, other)| other.group == pattern.group && is_known(index))
    }
}

/// For each pattern the groups, in order, that a known text fits with it, and whether it is the only one of its group.
#[derive(Default)]
struct Known(HashSet<(usize, Vec<usize>, bool)>);

impl Known {
    /// Whether a text that ends here is the first of some pattern with these groups.
    fn add(&mut self, state: &[u64], patterns: &[Stretch]) -> bool {
        let fitting: Vec<(usize, usize)> = patterns
            .iter()
            .enumerate()
            .filter(|(_, pattern)| has(state, pattern.end))
            .map(|(index, pattern)| (index, pattern.group))
            .collect();
        let mut groups: Vec<usize> = fitting.iter().map(|(_, group)| *group).collect();
        groups.sort_unstable();
        let is_alone = |group: usize| groups.iter().filter(|other| **other == group).count() == 1;
        let alone: Vec<bool> = fitting.iter().map(|(_, group)| is_alone(*group)).collect();
        groups.dedup();
        let mut is_new = false;
        for ((index, _), alone) in fitting.into_iter().zip(alone) {
            is_new |= self.0.insert((index, groups.clone(), alone));
        }
        is_new
    }
}

/// The bits of each pattern, of so many.
fn stretches(read: &[Read<'_>], size: usize) -> Vec<Stretch> {
    let mut next = 0;
    let mut stretch = |one: &Read<'_>| {
        let mut all = vec![0; size.div_ceil(64)];
        let end = next + one.shape.steps.len();
        (next..=end).for_each(|bit| set(&mut all, bit));
        next = end + 1;
        Stretch { all, end, group: one.group }
    };
    read.iter().map(&mut stretch).collect()
}

/// The bits of the other patterns of a group.
fn others(stretch: &Stretch, patterns: &[Stretch]) -> Bits {
    let mut others = vec![0; stretch.all.len()];
    for other in patterns.iter().filter(|other| other.group == stretch.group && other.end != stretch.end) {
        others.iter_mut().zip(&other.all).for_each(|(mine, theirs)| *mine |= theirs);
    }
    others
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

fn has(bits: &[u64], bit: usize) -> bool {
    bits.get(bit / 64).is_some_and(|word| word & (1 << (bit % 64)) != 0)
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
