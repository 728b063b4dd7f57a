//! Variable files in JSON: strings are taken as they are, and the key `//` is a comment.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::Assignment;
use super::outline::{Item, Outline};
use super::problem::Problems;
use crate::types::{PathStep, Type};
use crate::{Location, Source};

/// The assignments of a JSON file; problems are reported.
pub(super) fn assignments(source: &Arc<Source>, problems: &mut Problems) -> Vec<Assignment> {
    let Some((span, outline)) = root(source, problems) else { return Vec::new() };
    if source.text.get(span.clone()).is_some_and(|text| text.starts_with('{')) {
        return of_object(&source.text, outline, problems);
    }
    problems.report(span, "Invalid JSON variables file", MUST_BE_OBJECT);
    Vec::new()
}

const MUST_BE_OBJECT: &str =
    "A JSON variables file must contain an object whose properties are the variables.";

const IS_EMPTY: &str = "The file is empty, and the least that JSON takes is {}. Where a command's output is sent to a file, the shell \
                        empties it before the command begins.";

/// Where the value of a JSON file lies and what is inside; problems are reported.
pub(super) fn root(source: &Arc<Source>, problems: &mut Problems) -> Option<(Range<usize>, Outline)> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let base = source.text.len() - text.len();
    if text.trim().is_empty() {
        problems.report(base..base, "Missing JSON value", IS_EMPTY);
        return None;
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let parsed = Value::deserialize(&mut reader).and_then(|_| reader.end());
    if let Err(error) = parsed {
        report_syntax(text, base, &error, problems);
        return None;
    }
    Some(Walker { text: &source.text, at: base }.value())
}

/// The assignments of an object with this outline; problems are reported.
pub(super) fn of_object(text: &str, outline: Outline, problems: &mut Problems) -> Vec<Assignment> {
    let mut assignments: Vec<Assignment> = Vec::new();
    let mut seen: HashMap<String, Location> = HashMap::new();
    for item in outline.items {
        let PathStep::Key(name) = item.step else {
            continue;
        };
        if name == "//" {
            continue;
        }
        let name_location = problems.location(item.name.clone());
        if problems.is_full() {
            break;
        }
        if let Some(earlier) = seen.insert(name.clone(), name_location.clone()) {
            let detail = format!("The argument \"{name}\" was already set at {earlier}.");
            problems.report(item.name, "Duplicate attribute definition", &detail);
            continue;
        }
        report_duplicates(&item.inside, problems);
        let value = text.get(item.value.clone()).and_then(|text| serde_json::from_str(text).ok());
        let value: Value = value.unwrap_or_default();
        assignments.push(Assignment {
            value: Type::Any.convert(&value).unwrap_or(value),
            value_location: problems.location(item.value),
            name,
            name_location,
            outline: item.inside,
        });
    }
    assignments
}

/// Reports keys that an object has twice, at any depth.
fn report_duplicates(outline: &Outline, problems: &mut Problems) {
    let mut seen = HashMap::new();
    for item in &outline.items {
        if problems.is_full() {
            return;
        }
        if let PathStep::Key(name) = &item.step
            && let Some(earlier) = seen.insert(name, problems.location(item.name.clone()))
        {
            let detail = format!("An attribute named \"{name}\" was already defined at {earlier}.");
            problems.report(item.name.clone(), "Duplicate object attribute", &detail);
        }
        report_duplicates(&item.inside, problems);
    }
}

fn report_syntax(text: &str, base: usize, error: &serde_json::Error, problems: &mut Problems) {
    let lines: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let mut at = lines + error.column().saturating_sub(1);
    while !text.is_char_boundary(at.min(text.len())) {
        at = at.saturating_sub(1);
    }
    let message = error.to_string();
    // The reader adds " at line …" to what it says.
    let reason = message.split(" at line ").next().unwrap_or_default();
    let detail = format!("The file is not valid JSON: {reason}.");
    let start = base + at.min(text.len());
    problems.report(start..start + 1, "Invalid JSON", &detail);
}

/// Finds the places of the items in JSON that is known to be valid.
struct Walker<'a> {
    text: &'a str,
    at: usize,
}

impl Walker<'_> {
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn value(&mut self) -> (Range<usize>, Outline) {
        let first = self.peek();
        let start = self.at;
        let items = match first {
            Some(open @ (b'{' | b'[')) => self.items(open == b'{'),
            Some(b'"') => {
                self.string();
                Vec::new()
            }
            _ => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                let length = rest.find(|c: char| c.is_ascii_whitespace() || ",]}".contains(c));
                self.at += length.unwrap_or(rest.len());
                Vec::new()
            }
        };
        (start..self.at, Outline { items })
    }

    fn items(&mut self, is_object: bool) -> Vec<Item> {
        let mut items = Vec::new();
        self.at += 1;
        while let Some(next) = self.peek() {
            match next {
                b'}' | b']' => {
                    self.at += 1;
                    break;
                }
                b',' => {
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            let name = is_object.then(|| self.key());
            let (value, inside) = self.value();
            let (step, name) = match name {
                Some((step, span)) => (step, span),
                None => (PathStep::Index(items.len()), value.clone()),
            };
            items.push(Item { step, name, value, inside });
        }
        items
    }

    /// Reads a key and the colon after it.
    fn key(&mut self) -> (PathStep, Range<usize>) {
        let start = self.at;
        self.string();
        let span = start..self.at;
        let text = self.text.get(span.clone()).unwrap_or_default();
        let name = serde_json::from_str(text).unwrap_or_default();
        self.peek();
        self.at += 1;
        (PathStep::Key(name), span)
    }

    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            self.at += match byte {
                b'\\' => 2,
                b'"' => {
                    self.at += 1;
                    return;
                }
                _ => 1,
            };
        }
    }
}
