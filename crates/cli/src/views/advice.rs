//! What to type next, on a terminal: prose that is wrapped, and each command on a line of its own.

use crate::text::{begins_command, fit, wrap};

/// How far commands are indented.
const INDENT: &str = "    ";

/// What ends a command within a sentence.
const ENDS: [&str; 4] = [", or ", ", and ", " (", ", which "];

/// A piece of advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Prose(&'a str),
    Command(&'a str),
}

/// The advice for a screen that wide; on what is no terminal it is left as it is.
pub(super) fn laid_out(advice: &str, width: Option<usize>) -> String {
    if width.is_none() || advice.contains('\n') {
        return fit(&wrap(advice, width), width);
    }
    let (mut text, mut after_command) = (String::new(), false);
    for piece in parts(advice) {
        let is_command = matches!(piece, Piece::Command(_));
        if !text.is_empty() {
            text.push_str(if is_command || after_command { "\n" } else { "; " });
        }
        match piece {
            Piece::Prose(prose) => text.push_str(prose),
            Piece::Command(command) => text.push_str(&format!("{INDENT}{command}")),
        }
        after_command = is_command;
    }
    fit(&wrap(text.trim_end(), width), width)
}

/// The prose of advice and the commands in it, in order.
pub(super) fn parts(advice: &str) -> impl Iterator<Item = Piece<'_>> {
    advice.split("; ").flat_map(pieces)
}

/// The prose of a part of a sentence, the command in it, and what follows.
fn pieces(part: &str) -> Vec<Piece<'_>> {
    let start = match part {
        command if begins_command(command) => 0,
        _ => match part
            .match_indices(": ")
            .find(|(at, _)| begins_command(part.get(at + 2..).unwrap_or_default()))
        {
            Some((at, _)) => at + 2,
            None => return vec![Piece::Prose(part)],
        },
    };
    let (prose, rest) = part.split_at(start);
    let end = ENDS.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
    let (command, after) = rest.split_at(end);
    let after = after.trim_start_matches([',', ' ']);
    let mut pieces = Vec::new();
    if !prose.is_empty() {
        pieces.push(Piece::Prose(prose.trim_end()));
    }
    pieces.push(Piece::Command(command));
    if !after.is_empty() {
        pieces.extend(self::pieces(after));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_on_lines_of_their_own() {
        for (advice, expected) in [
            ("check the path", "check the path"),
            ("wait a minute, then: underpin apply", "wait a minute, then:\n    underpin apply"),
            ("underpin plan", "    underpin plan"),
            (
                "to copy: underpin init -migrate-state; to use it: underpin init -reconfigure",
                "to copy:\n    underpin init -migrate-state\nto use it:\n    underpin init -reconfigure",
            ),
            (
                "underpin init -backend-config=FILE, or underpin init alone to keep it here",
                "    underpin init -backend-config=FILE\nor underpin init alone to keep it here",
            ),
            ("set the clock; try again", "set the clock; try again"),
        ] {
            assert_eq!(laid_out(advice, Some(80)), expected, "{advice}");
            assert_eq!(laid_out(advice, None), advice);
        }
    }
}
