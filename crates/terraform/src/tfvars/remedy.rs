//! The line as it should be: what a person most often forgets is known, and shown in place of a rule of the grammar.

use std::sync::Arc;

use super::characters::is_identifier;
use super::evaluated;
use super::expression::innermost_open;
use super::problem::Problems;
use crate::hcl_text::quoted;
use crate::{Diagnostic, Location, Source};

/// Words that other languages write for a switch.
const SWITCHES: [(&str, &str); 8] = [
    ("yes", "true"),
    ("on", "true"),
    ("True", "true"),
    ("TRUE", "true"),
    ("no", "false"),
    ("off", "false"),
    ("False", "false"),
    ("FALSE", "false"),
];

/// The most problems of one source that are said how to mend: a broken file has one fault and many echoes.
const MENDED: usize = 20;

impl Problems {
    /// All of them, in the order of their places, with the line as it should be where that is known.
    pub(super) fn into_sorted(mut self) -> Vec<Diagnostic> {
        for problem in self.found.iter_mut().take(MENDED) {
            if let Some(hint) = of(problem) {
                problem.hint = Some(hint);
            }
        }
        self.found.sort_by_key(|diagnostic| {
            diagnostic.location.as_ref().map(|location| (location.span.start, location.span.end))
        });
        self.found
    }
}

/// What to write instead of the line with a problem, if that is known to be right.
fn of(problem: &Diagnostic) -> Option<String> {
    let location = problem.location.as_ref().filter(|_| problem.hint.is_none())?;
    let (line, in_object) = line(location)?;
    let written = line.trim();
    if is_sound(written, in_object) {
        return None;
    }
    let (key, value) = split(written)?;
    let mended = format!("{} = {}", mended_key(key, in_object)?, mended_value(value, in_object)?);
    (mended != written && is_sound(&mended, in_object)).then(|| format!("write: {mended}"))
}

/// The line of a problem, and whether it is one of an object.
fn line(location: &Location) -> Option<(&str, bool)> {
    let text = location.source.text.as_str();
    let at = location.span.start.min(text.len());
    let before = text.get(..at)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(start..)?;
    let line = rest.split('\n').next()?;
    let line = line.strip_prefix('\u{feff}').unwrap_or(line);
    Some((line, innermost_open(text.get(..start)?) == Some('{')))
}

/// Key and value of a line: at the equals sign, else at the colon, else at the first blank.
fn split(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let parts =
        line.split_once('=').or_else(|| line.split_once(": ")).or_else(|| line.split_once([' ', '\t']));
    parts.map(|(key, value)| (key.trim(), value.trim()))
}

/// The key in the quotes that it needs.
fn mended_key(key: &str, in_object: bool) -> Option<String> {
    let bare = key.trim_matches(['"', '\'']);
    if bare.is_empty() || bare.contains(['"', '{', '}', '(', ')', ' ']) {
        return None;
    }
    match (is_identifier(bare), in_object) {
        (true, _) => Some(if in_object { key.to_owned() } else { bare.to_owned() }),
        (false, true) => Some(quoted(bare)),
        (false, false) => None,
    }
}

/// The value in the quotes that it needs.
fn mended_value(value: &str, in_object: bool) -> Option<String> {
    let value = value.split(" #").next().unwrap_or_default().trim_end();
    let value = value.trim_end_matches([',', ';']).trim_end();
    if is_sound(&format!("x = {value}"), in_object) {
        return Some(value.to_owned());
    }
    if let Some((_, switch)) = SWITCHES.iter().find(|(word, _)| *word == value) {
        return Some((*switch).to_owned());
    }
    const QUOTES: [char; 6] = ['"', '\'', '`', '\u{201c}', '\u{201d}', '\u{2019}'];
    let bare = value.trim_matches(QUOTES);
    // What refers to something else, or computes, is not meant as text.
    let refers = ["var.", "local.", "module.", "data.", "each.", "path.", "terraform.", "$"];
    if bare.is_empty()
        || bare.contains(['"', '(', ')', '{', '}', '[', ']', '\\'])
        || refers.iter().any(|start| bare.starts_with(start))
    {
        return None;
    }
    Some(quoted(bare))
}

/// Whether a line can be read.
fn is_sound(line: &str, in_object: bool) -> bool {
    let text = if in_object { format!("x = {{\n{line}\n}}\n") } else { format!("{line}\n") };
    let source = Arc::new(Source { name: String::new(), text });
    let (found, problems) = evaluated(&source, 0..source.text.len(), &|_| true, Problems::of(&source));
    problems.is_empty() && found.len() == 1
}
