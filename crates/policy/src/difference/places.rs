//! What texts have in each other's place of a policy variable.

use super::family::{Filling, Shape};
use crate::pattern::{Piece, Token, Variable, Variables, has_variable, pieces, tokens};

/// The most values of one variable that are looked for.
pub(super) const MOST: usize = 64;

/// The values of a variable by which one of these texts may come to meet another that it does not meet where all variables have
/// values of their own; more than [`MOST`] if they are not all. Texts that are in the same lists stand for each other.
pub(super) fn side_by_side<V: Variables>(
    key: &str,
    texts: &[(&str, Vec<usize>)],
    own: &V,
    shape: fn(&[Token]) -> Shape,
    filling: &Filling,
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let filled = |text: &str| tokens(text, own);
    for (text, lists) in texts.iter().filter(|(text, _)| text.contains("${")) {
        let sides = Side::all(key, text);
        let Some(generic) = filled(text).filter(|_| !sides.is_empty()).map(|tokens| shape(&tokens)) else {
            continue;
        };
        for (other, _) in texts.iter().filter(|(_, others)| others != lists) {
            let lengths = of_each_length(other, filling).filter(|value| !found.contains(value));
            found.extend(lengths.collect::<Vec<_>>());
            let Some(tokens) = filled(other).filter(|tokens| !generic.meets(&shape(tokens))) else {
                continue;
            };
            let values = |form: &str, others: Option<&V>| -> Vec<String> {
                let values = sides.iter().flat_map(|side| side.values(form, filling));
                values.filter(|value| meets((key, value), others, text, other, shape)).collect()
            };
            // That other variables may stand for anything counts only where with their own values nothing meets.
            let mut values_here = Vec::new();
            if has_variable(other) {
                let filled: String = tokens.into_iter().map(Token::char).collect();
                values_here = values(&filled, Some(own));
            }
            if values_here.is_empty() {
                values_here = values(&flattened(other), None);
            }
            for value in values_here {
                if !found.contains(&value) {
                    found.push(value);
                }
            }
            if found.len() > MOST {
                return found;
            }
        }
    }
    found
}

/// A value of each length that the `?` of a text may tell from others.
fn of_each_length(text: &str, filling: &Filling) -> impl Iterator<Item = String> {
    let marks = text.matches('?').count().min(MOST);
    (0..=marks).filter(move |_| marks > 0).map(|length| filling.of_length(length))
}

/// What stands on both sides of a variable, up to the next wildcard or variable.
struct Side<'a> {
    before: &'a str,
    is_first: bool,
    after: &'a str,
    is_last: bool,
}

impl<'a> Side<'a> {
    /// One for each place of the variable in a text.
    fn all(key: &str, text: &'a str) -> Vec<Self> {
        const WILD: [char; 2] = ['*', '?'];
        let pieces = pieces(text);
        let is_it = |piece: &Piece<'_>| matches!(piece, Piece::Variable(inside) if is_of(key, inside));
        let plain = |piece: Option<&Piece<'a>>| match piece {
            Some(Piece::Text(text)) => *text,
            _ => "",
        };
        let places = pieces.iter().enumerate().filter(|(_, piece)| is_it(piece));
        let side = |(place, _): (usize, &Piece<'a>)| {
            let previous = place.checked_sub(1).and_then(|previous| pieces.get(previous));
            let (before, after) = (plain(previous), plain(pieces.get(place + 1)));
            let is_first = place == 0 || place == 1 && !before.is_empty() && !before.contains(WILD);
            let is_end = place + 1 == pieces.len() || place + 2 == pieces.len() && !after.is_empty();
            Self {
                before: before.rsplit(WILD).next().unwrap_or_default(),
                is_first,
                after: after.split(WILD).next().unwrap_or_default(),
                is_last: is_end && !after.contains(WILD),
            }
        };
        places.map(side).collect()
    }

    /// What a text without variables has between them; its wildcards stand for something that no other text has.
    fn values(&self, text: &str, filling: &Filling) -> Vec<String> {
        let ends = self.ends(text);
        let between = |start: usize| {
            ends.iter()
                .filter_map(move |end| text.get(start..*end))
                .map(|value| value.replace('*', &filling.word).replace('?', &filling.of_length(1)))
        };
        self.starts(text).into_iter().flat_map(between).collect()
    }

    /// Where the value may begin: behind what stands before it, of which a wildcard may take a part.
    fn starts(&self, text: &str) -> Vec<usize> {
        let before = self.before;
        let mut starts: Vec<usize> = if self.is_first {
            text.starts_with(before).then_some(before.len()).into_iter().collect()
        } else {
            places(text, before).into_iter().map(|place| place + before.len()).collect()
        };
        for wild in wildcards(text) {
            let rest = text.get(wild + 1..).unwrap_or_default();
            let tails = places(before, "").into_iter().filter_map(|cut| before.get(cut..));
            starts.extend(tails.filter(|tail| rest.starts_with(tail)).map(|tail| wild + 1 + tail.len()));
        }
        starts
    }

    /// Where it may end.
    fn ends(&self, text: &str) -> Vec<usize> {
        let after = self.after;
        let mut ends: Vec<usize> = if self.is_last {
            text.ends_with(after).then(|| text.len() - after.len()).into_iter().collect()
        } else {
            places(text, after)
        };
        for wild in wildcards(text) {
            let front = text.get(..wild).unwrap_or_default();
            let heads = places(after, "").into_iter().filter_map(|cut| after.get(..cut));
            ends.extend(heads.filter(|head| front.ends_with(head)).map(|head| wild - head.len()));
        }
        ends
    }
}

/// Every place at which a text has another one; the empty one is everywhere.
fn places(text: &str, part: &str) -> Vec<usize> {
    let boundaries = text.char_indices().map(|(place, _)| place).chain([text.len()]);
    boundaries.filter(|place| text.get(*place..).is_some_and(|rest| rest.starts_with(part))).collect()
}

fn wildcards(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.char_indices().filter(|(_, char)| matches!(char, '*' | '?')).map(|(place, _)| place)
}

/// The text with `*` in the place of each variable.
fn flattened(text: &str) -> String {
    let mut flat = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => flat.push_str(text),
            Piece::Escape(char) => flat.push(char),
            Piece::Variable(_) => flat.push('*'),
        }
    }
    flat
}

/// Whether something may fit both texts, where a variable has a value, and the others have these, or any.
fn meets(
    (key, value): (&str, &str),
    others: Option<&impl Variables>,
    one: &str,
    other: &str,
    shape: fn(&[Token]) -> Shape,
) -> bool {
    let tokens = |text: &str| {
        let mut tokens = Vec::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => tokens.extend(text.chars().map(Token::wildcard)),
                Piece::Escape(char) => tokens.push(Token::Char(char)),
                Piece::Variable(inside) => {
                    let value = if is_of(key, inside) {
                        Some(value)
                    } else {
                        others.and_then(|others| others.value(Variable::parse(inside).key))
                    };
                    match value {
                        Some(value) => tokens.extend(value.chars().map(Token::Char)),
                        None => tokens.push(Token::Many),
                    }
                }
            }
        }
        tokens
    };
    shape(&tokens(one)).meets(&shape(&tokens(other)))
}

/// Whether the inside of `${…}` stands for the value of a key.
fn is_of(key: &str, inside: &str) -> bool {
    Variable::parse(inside).key.eq_ignore_ascii_case(key)
}
