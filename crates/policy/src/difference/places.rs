//! What texts have in each other's place of a policy variable.

use super::family::Shape;
use crate::pattern::{Piece, Token, Variable, pieces};

/// The values of a variable by which one of these texts may come to meet another; at most `most`, and one more if there are
/// more.
pub(super) fn side_by_side(
    key: &str,
    texts: &[&String],
    shape: fn(&[Token]) -> Shape,
    most: usize,
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in texts.iter().filter(|text| text.contains("${")) {
        for (place, side) in Side::all(key, text) {
            for other in texts {
                for value in side.values(&flattened(other)) {
                    if found.contains(&value) || !meets(text, place, &value, other, shape) {
                        continue;
                    }
                    found.push(value);
                    if found.len() > most {
                        return found;
                    }
                }
            }
        }
    }
    found
}

/// What stands on both sides of a variable, up to the next wildcard or variable.
struct Side<'a> {
    before: &'a str,
    is_first: bool,
    after: &'a str,
    is_last: bool,
}

impl<'a> Side<'a> {
    /// One for each place of the variable in a text, by piece.
    fn all(key: &str, text: &'a str) -> Vec<(usize, Self)> {
        const WILD: [char; 2] = ['*', '?'];
        let pieces = pieces(text);
        let is_it = |piece: &Piece<'_>| matches!(piece, Piece::Variable(inside) if Variable::parse(inside).key.eq_ignore_ascii_case(key));
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
            let side = Self {
                before: before.rsplit(WILD).next().unwrap_or_default(),
                is_first,
                after: after.split(WILD).next().unwrap_or_default(),
                is_last: is_end && !after.contains(WILD),
            };
            (place, side)
        };
        places.map(side).collect()
    }

    /// What a text without variables has between them.
    fn values(&self, text: &str) -> Vec<String> {
        let ends = self.ends(text);
        let between = |start: usize| {
            ends.iter()
                .filter_map(move |end| text.get(start..*end))
                .filter(|value| !value.is_empty() && !value.contains(['*', '?']))
                .map(str::to_owned)
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

/// Whether something may fit both texts, where the variable at this piece of the first has a value.
fn meets(text: &str, place: usize, value: &str, other: &str, shape: fn(&[Token]) -> Shape) -> bool {
    let tokens = |text: &str, fixed: Option<usize>| {
        let mut tokens = Vec::new();
        for (index, piece) in pieces(text).into_iter().enumerate() {
            match piece {
                Piece::Text(text) => tokens.extend(text.chars().map(Token::wildcard)),
                Piece::Escape(char) => tokens.push(Token::Char(char)),
                Piece::Variable(_) if fixed == Some(index) => tokens.extend(value.chars().map(Token::Char)),
                Piece::Variable(_) => tokens.push(Token::Many),
            }
        }
        tokens
    };
    shape(&tokens(text, Some(place))).meets(&shape(&tokens(other, None)))
}
