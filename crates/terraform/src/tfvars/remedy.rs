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
    /// All of them, in the order of their places, with the line as it should be where that is known. Of several with one
    /// line and one remedy the first is enough.
    pub(super) fn into_sorted(mut self) -> Vec<Diagnostic> {
        for problem in self.found.iter_mut().take(MENDED) {
            if let Some(hint) = of(problem) {
                problem.hint = Some(hint);
            }
        }
        self.found.sort_by_key(|diagnostic| {
            diagnostic.location.as_ref().map(|location| (location.span.start, location.span.end))
        });
        self.found.dedup_by(|later, first| {
            later.hint.is_some() && later.hint == first.hint && share_line(later, first)
        });
        self.found
    }
}

/// Whether two problems are of one line.
fn share_line(one: &Diagnostic, other: &Diagnostic) -> bool {
    let (Some(one), Some(other)) = (&one.location, &other.location) else { return false };
    let (start, end) = (one.span.start.min(other.span.start), one.span.start.max(other.span.start));
    one.source.text.get(start..end).is_some_and(|between| !between.contains('\n'))
}

/// What a line is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// The file: a line is an argument.
    Body,
    /// An object: a line is an attribute.
    Object,
    /// A list: a line is an item.
    List,
}

/// What to write instead of the line with a problem, if that is known to be right.
fn of(problem: &Diagnostic) -> Option<String> {
    let location = problem.location.as_ref().filter(|_| problem.hint.is_none())?;
    let (line, within) = line(location)?;
    let written = line.trim();
    // The value of a flag is no argument of a file, and a list or an object by its first character.
    let within =
        if within == Within::Body && written.starts_with(['[', '{']) { Within::List } else { within };
    if is_sound(written, within) {
        return None;
    }
    if let Some(visible) = visible(written).filter(|visible| is_sound(visible, within)) {
        return Some(format!("write, with ordinary blanks alone: {visible}"));
    }
    if let Some(unfilled) = unfilled(written) {
        return Some(unfilled);
    }
    let mended = match within {
        Within::List => {
            let comma = if written.ends_with(',') { "," } else { "" };
            format!("{}{comma}", mended_value(written)?)
        }
        Within::Body | Within::Object => mended_attribute(written, within)?,
    };
    (mended != written && is_sound(&mended, within)).then(|| format!("write: {mended}"))
}

/// The line of a problem, and what it is part of.
fn line(location: &Location) -> Option<(&str, Within)> {
    let text = location.source.text.as_str();
    let at = location.span.start.min(text.len());
    let before = text.get(..at)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = text.get(start..)?;
    let line = rest.split('\n').next()?;
    let line = line.strip_prefix('\u{feff}').unwrap_or(line);
    let within = match innermost_open(text.get(..start)?) {
        Some('{') => Within::Object,
        Some('[') => Within::List,
        _ => Within::Body,
    };
    Some((line, within))
}

/// The line without what looks like a blank and is none, if there is any.
fn visible(line: &str) -> Option<String> {
    let deceives =
        |character: char| !character.is_ascii() && (character.is_whitespace() || is_invisible(character));
    line.contains(deceives).then(|| {
        let shown = line.chars().filter(|character| !is_invisible(*character));
        shown.map(|character| if deceives(character) { ' ' } else { character }).collect()
    })
}

/// Whether a character takes no room.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// What to say of a line that waits for a shell or a template to put a value in.
fn unfilled(line: &str) -> Option<String> {
    let (_, value) = split(line)?;
    let value = value.trim_start_matches(['"', '\'']);
    let is_name = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '{');
    let waits = value.strip_prefix('$').is_some_and(is_name) || value.starts_with("{{");
    waits.then(|| {
        "nothing is put in here: write the value itself, or give it with -var or TF_VAR_…".to_owned()
    })
}

/// Key and value of a line: at the equals sign, else at the colon, else at the first blank. `:=`, `==` and `=>` of other
/// languages are equals signs.
fn split(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let parts =
        line.split_once('=').or_else(|| line.split_once(": ")).or_else(|| line.split_once([' ', '\t']));
    parts.map(|(key, value)| {
        (key.trim_end_matches([':', ' ', '\t']).trim(), value.trim_start_matches(['=', '>']).trim())
    })
}

/// Key and value in the quotes that they need.
fn mended_attribute(written: &str, within: Within) -> Option<String> {
    let (key, value) = split(written)?;
    let value = mended_value(value)?;
    // One member of a map, as other languages set it.
    if let (Within::Body, Some((map, member))) = (within, key.split_once('.'))
        && is_identifier(map)
    {
        return Some(format!("{map} = {{ {} = {value} }}", mended_key(member, Within::Object)?));
    }
    Some(format!("{} = {value}", mended_key(key, within)?))
}

/// The key in the quotes that it needs.
fn mended_key(key: &str, within: Within) -> Option<String> {
    let in_object = within == Within::Object;
    let bare = key.trim_matches(['"', '\'']);
    let is_clause = bare.starts_with("for ") || bare.starts_with("if ");
    if bare.is_empty() || is_clause || bare.contains(['"', '{', '}', '(', ')', ',', '=']) {
        return None;
    }
    match (is_identifier(bare), in_object) {
        (true, _) => Some(if in_object { key.to_owned() } else { bare.to_owned() }),
        (false, true) => Some(quoted(bare)),
        (false, false) => None,
    }
}

/// The value in the quotes that it needs; of a list or an object on one line each item.
fn mended_value(value: &str) -> Option<String> {
    let value = value.split(" #").next().unwrap_or_default().trim_end();
    let value = value.trim_end_matches([',', ';']).trim_end();
    if is_sound(&format!("x = {value}"), Within::Body) {
        return Some(value.to_owned());
    }
    if let Some((_, switch)) = SWITCHES.iter().find(|(word, _)| *word == value) {
        return Some((*switch).to_owned());
    }
    if let Some(items) = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let items: Vec<String> = items_of(items).map(mended_value).collect::<Option<_>>()?;
        return Some(format!("[{}]", items.join(", ")));
    }
    if let Some(attributes) = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        let attributes = items_of(attributes).map(|attribute| mended_attribute(attribute, Within::Object));
        return Some(format!("{{ {} }}", attributes.collect::<Option<Vec<_>>>()?.join(", ")));
    }
    const QUOTES: [char; 6] = ['"', '\'', '`', '\u{201c}', '\u{201d}', '\u{2019}'];
    let bare = value.trim_matches(QUOTES);
    (!bare.is_empty() && !computes(bare)).then(|| quoted(bare))
}

/// Whether a value refers to something else or computes, so that it is not meant as text.
fn computes(value: &str) -> bool {
    const REFERENCES: [&str; 8] = ["var.", "local.", "module.", "data.", "each.", "path.", "terraform.", "$"];
    const OPERATORS: [&str; 9] = [" + ", " - ", " * ", " / ", " % ", " ? ", "==", "&&", "||"];
    value.contains(['"', '(', ')', '{', '}', '[', ']', '\\'])
        || REFERENCES.iter().any(|start| value.starts_with(start))
        || OPERATORS.iter().any(|operator| value.contains(operator))
}

/// What stands between the commas of a list or an object on one line, those within brackets and quotes apart.
fn items_of(text: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut is_quoted) = (0_usize, false);
    let items = text.split(move |character| {
        match character {
            '"' => is_quoted = !is_quoted,
            '[' | '{' | '(' if !is_quoted => depth += 1,
            ']' | '}' | ')' if !is_quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ',' && depth == 0 && !is_quoted
    });
    items.map(str::trim).filter(|item| !item.is_empty())
}

/// Whether a line can be read.
fn is_sound(line: &str, within: Within) -> bool {
    let text = match within {
        Within::Body => format!("{line}\n"),
        Within::Object => format!("x = {{\n{line}\n}}\n"),
        Within::List => format!("x = [\n{line}\n]\n"),
    };
    let source = Arc::new(Source { name: String::new(), text });
    let (found, problems) = evaluated(&source, 0..source.text.len(), &|_| true, Problems::of(&source));
    problems.is_empty() && found.len() == 1
}
