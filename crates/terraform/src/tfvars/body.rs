//! The arguments of a file, found line by line so that one broken line hides nothing of the others.

use std::collections::HashMap;
use std::ops::Range;

use crate::Diagnostic;

use super::characters::{is_identifier_part, is_identifier_start};
use super::extent::{Extent, Scanner};
use super::problem::Problems;

/// One `name = value`.
#[derive(Debug)]
pub(super) struct Argument {
    /// The name.
    pub name: Range<usize>,
    /// The value.
    pub value: Extent,
}

/// Finds the arguments in a stretch of `text`; what is none is reported.
pub(super) fn arguments(text: &str, span: Range<usize>, problems: &mut Problems) -> Vec<Argument> {
    let (text, at) = stretch(text, &span);
    let mut body = Body { text, at, arguments: Vec::new(), problems };
    while body.skip_blank(true) {
        body.item();
    }
    let arguments = body.arguments;
    report_redefined(text, &arguments, problems);
    arguments
}

/// The text up to the end of a stretch, and where the stretch begins, after a byte-order mark.
pub(super) fn stretch<'a>(text: &'a str, span: &Range<usize>) -> (&'a str, usize) {
    let is_marked = span.start == 0 && text.starts_with('\u{feff}');
    let at = if is_marked { '\u{feff}'.len_utf8() } else { span.start };
    (text.get(..span.end).unwrap_or_default(), at)
}

fn report_redefined(text: &str, arguments: &[Argument], problems: &mut Problems) {
    let mut first: HashMap<&str, &Argument> = HashMap::new();
    for argument in arguments {
        if problems.is_full() {
            return;
        }
        let name = text.get(argument.name.clone()).unwrap_or_default();
        let Some(earlier) = first.get(name) else {
            first.insert(name, argument);
            continue;
        };
        let place = problems.location(earlier.name.clone()).to_string();
        let detail = format!(
            "The argument \"{name}\" was already set at {place}. Each argument may be set only once."
        );
        problems.report(argument.name.clone(), "Attribute redefined", &detail);
    }
}

struct Body<'a, 'p> {
    text: &'a str,
    at: usize,
    arguments: Vec<Argument>,
    problems: &'p mut Problems,
}

impl<'a> Body<'a, '_> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Skips spaces and comments, and newlines if asked; whether text is left.
    fn skip_blank(&mut self, newlines: bool) -> bool {
        self.at = after_blank(self.text, self.at, newlines, self.problems);
        self.at < self.text.len()
    }

    fn item(&mut self) {
        let rest = self.rest();
        if rest.starts_with('"') {
            self.problems.report(
                self.at..self.at + 1,
                "Invalid argument name",
                "Argument names must not be quoted.",
            );
            return self.skip_value();
        }
        if !rest.starts_with(is_identifier_start) {
            let length = rest.chars().next().map_or(0, char::len_utf8);
            self.problems.report(
                self.at..self.at + length,
                "Argument or block definition required",
                "An argument or block definition is required here.",
            );
            return self.skip_value();
        }
        let length = rest.find(|c| !is_identifier_part(c)).unwrap_or(rest.len());
        let name = self.at..self.at + length;
        self.at += length;
        self.skip_blank(false);
        let rest = self.rest();
        if rest.starts_with('=') && !rest.starts_with("==") {
            let value = Scanner::new(self.text, self.at + 1, self.problems).scan();
            self.at = value.end;
            self.arguments.push(Argument { name, value });
        } else if rest.starts_with('{') || rest.starts_with('"') || rest.starts_with(is_identifier_start) {
            self.block(name);
        } else {
            self.problems.report(
                name,
                "Argument or block definition required",
                "An argument or block definition is required here. To set an argument, use the equals sign \"=\" to introduce the argument value.",
            );
            self.skip_value();
        }
    }

    /// Reports a block and skips it.
    fn block(&mut self, name: Range<usize>) {
        let rest = self.rest();
        let block_type = self.text.get(name.clone()).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        if !line.contains('{') {
            self.problems.report(
                name,
                "Argument or block definition required",
                "An argument or block definition is required here. To set an argument, use the equals sign \"=\" to introduce the argument value.",
            );
            return self.skip_value();
        }
        if block_type == "variable" {
            let label = line.split('{').next().unwrap_or_default();
            let label = label.trim().trim_matches('"');
            let detail = format!(
                "A .tfvars file is used to assign values to variables that have already been declared in .tf files, not to declare new variables. To set a value for this variable, use the definition syntax instead:\n    {label} = <value>"
            );
            self.problems.report(name, "Variable declaration in .tfvars file", &detail);
        } else {
            let summary = format!("Unexpected \"{block_type}\" block");
            let problem = Diagnostic::error(summary, "Blocks are not allowed here.")
                .at(Some(self.problems.location(name)))
                .hint(format!("write {block_type} = {{ … }} to set an argument to an object"));
            self.problems.add(problem);
        }
        self.skip_value();
    }

    /// Skips to the end of the line on which no bracket is open, without further reports.
    fn skip_value(&mut self) {
        let mut ignored = Problems::none();
        let step = self.rest().chars().next().map_or(0, char::len_utf8);
        let extent = Scanner::new(self.text, self.at, &mut ignored).scan();
        self.at = extent.end.max(self.at + step);
    }
}

/// Where spaces and comments end, and newlines if asked.
pub(super) fn after_blank(text: &str, mut at: usize, newlines: bool, problems: &mut Problems) -> usize {
    loop {
        let rest = text.get(at..).unwrap_or_default();
        at += match rest.chars().next() {
            Some('\n') if !newlines => return at,
            Some(space) if space.is_ascii_whitespace() => 1,
            Some('#') => rest.find('\n').unwrap_or(rest.len()),
            Some('/') if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            Some('/') if rest.starts_with("/*") => match rest.find("*/") {
                Some(length) => length + 2,
                None => {
                    let detail = "No closing marker \"*/\" was found for the comment.";
                    problems.report(at..at + 2, "Unterminated comment", detail);
                    rest.len()
                }
            },
            _ => return at,
        };
    }
}
