//! The blocks and arguments of a body of HCL, found by their brackets, strings and comments: what is inside of them is
//! not looked at.

use std::ops::Range;
use std::sync::Arc;

use super::body::{after_blank, stretch};
use super::characters::{is_identifier_part, is_identifier_start};
use super::extent::Scanner;
use super::problem::Problems;
use crate::{Diagnostic, Source};

/// A block or an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// `NAME "LABEL" { … }`.
    Block(Block),
    /// `NAME = …`.
    Argument {
        /// Its name.
        name: String,
        /// Where that stands.
        span: Range<usize>,
    },
}

/// `NAME "LABEL" { … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is: `terraform`.
    pub name: String,
    /// What follows, without quotes.
    pub labels: Vec<String>,
    /// Where name and labels stand.
    pub header: Range<usize>,
    /// What stands between the braces.
    pub body: Range<usize>,
}

/// The items in a stretch of a source.
///
/// # Errors
/// What is neither a block nor an argument, and whatever has no end.
pub fn items(source: &Arc<Source>, span: Range<usize>) -> Result<Vec<Item>, Vec<Diagnostic>> {
    let mut problems = Problems::of(source);
    let (text, at) = stretch(&source.text, &span);
    let mut reader = Reader { text, at, problems: &mut problems };
    let mut items = Vec::new();
    while reader.skip_blank(true) && !reader.problems.is_full() {
        items.extend(reader.item());
    }
    if problems.is_empty() { Ok(items) } else { Err(problems.into_sorted()) }
}

struct Reader<'a, 'p> {
    text: &'a str,
    at: usize,
    problems: &'p mut Problems,
}

impl<'a> Reader<'a, '_> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Skips spaces and comments, and newlines if asked; whether text is left.
    fn skip_blank(&mut self, newlines: bool) -> bool {
        self.at = after_blank(self.text, self.at, newlines, self.problems);
        self.at < self.text.len()
    }

    fn item(&mut self) -> Option<Item> {
        let start = self.at;
        let Some(name) = self.identifier() else {
            return self.neither(start);
        };
        let name_span = start..self.at;
        let mut labels = Vec::new();
        let mut header = name_span.clone();
        loop {
            self.skip_blank(false);
            let rest = self.rest();
            if rest.starts_with('{') {
                return self.block(Block { name, labels, header, body: 0..0 });
            }
            if labels.is_empty() && rest.starts_with('=') && !rest.starts_with("==") {
                self.at = Scanner::new(self.text, self.at + 1, self.problems).scan().end;
                return Some(Item::Argument { name, span: name_span });
            }
            let Some(label) = self.label() else {
                return self.neither(start);
            };
            labels.push(label);
            header.end = self.at;
        }
    }

    fn identifier(&mut self) -> Option<String> {
        let rest = self.rest();
        if !rest.starts_with(is_identifier_start) {
            return None;
        }
        let length = rest.find(|c| !is_identifier_part(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).map(str::to_owned)
    }

    /// A label: an identifier, or text in quotes without escapes.
    fn label(&mut self) -> Option<String> {
        let Some(rest) = self.rest().strip_prefix('"') else {
            return self.identifier();
        };
        let (label, _) = rest.split_once('"')?;
        if label.contains(['\n', '\\']) {
            return None;
        }
        self.at += label.len() + 2;
        Some(label.to_owned())
    }

    /// The block whose opening brace comes next.
    fn block(&mut self, block: Block) -> Option<Item> {
        let open = self.at;
        let extent = Scanner::new(self.text, open, self.problems).scan();
        self.at = extent.end;
        if !extent.sound {
            return None;
        }
        let close = extent.span.end.saturating_sub(1);
        if close == open || !self.text.get(close..).is_some_and(|rest| rest.starts_with('}')) {
            let detail = "A block definition must end with a newline after its closing brace.";
            self.problems.report(block.header, "Missing newline after block definition", detail);
            return None;
        }
        Some(Item::Block(Block { body: open + 1..close, ..block }))
    }

    /// Reports what is neither a block nor an argument, and goes to the end of its line.
    fn neither(&mut self, start: usize) -> Option<Item> {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        self.problems.report(
            start..self.at.max(start + length),
            "Argument or block definition required",
            "An argument or block definition is required here.",
        );
        let mut ignored = Problems::none();
        let extent = Scanner::new(self.text, self.at, &mut ignored).scan();
        self.at = extent.end.max(self.at + length);
        None
    }
}
