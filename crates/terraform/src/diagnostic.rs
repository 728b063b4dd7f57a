//! What is wrong with an input, and where: the value that views draw with line and caret.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The command cannot go on.
    Error,
    /// The command goes on.
    Warning,
}

/// A named text: a file, or the value of a command-line argument or environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// As the user would name it: `terraform.tfvars`, `<value for var.tags>`.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// A stretch of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The text it lies in.
    pub source: Arc<Source>,
    /// Byte offsets into `source.text`.
    pub span: Range<usize>,
}

impl Location {
    /// Line and column of the start, both counted from 1; columns count characters.
    pub fn start(&self) -> (usize, usize) {
        position(&self.source.text, self.span.start)
    }

    /// Line and column just after the end.
    pub fn end(&self) -> (usize, usize) {
        position(&self.source.text, self.span.end)
    }
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let offset = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let before = text.get(..offset).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let column = line.chars().filter(|c| *c != '\u{feff}').count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// `FILE:LINE,COLUMN-COLUMN`, as Terraform names a place; the end has its line when that is another one.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((line, column), (end_line, end_column)) = (self.start(), self.end());
        write!(f, "{}:{line},{column}-", self.source.name)?;
        if end_line != line {
            write!(f, "{end_line},")?;
        }
        write!(f, "{end_column}")
    }
}

/// One finding, in Terraform's layout: summary, where, detail; and beyond it what to type next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// One line, capitalised, no period.
    pub summary: String,
    /// Sentences that say why.
    pub detail: String,
    /// Where in the user's input.
    pub location: Option<Location>,
    /// The resource or setting it is about, as the user names it.
    pub subject: Option<String>,
    /// What to write or type instead.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// An error without place or hint.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            location: None,
            subject: None,
            hint: None,
        }
    }

    /// A warning without place or hint.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(summary, detail) }
    }

    /// The same, at a place.
    #[must_use]
    pub fn at(mut self, location: Option<Location>) -> Self {
        self.location = location;
        self
    }

    /// The same, about a resource or setting.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// The same, with what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_named_by_line_and_column() {
        let source =
            Arc::new(Source { name: "t.tfvars".to_owned(), text: "\u{feff}é = 1\nbc = 2\n".to_owned() });
        for (span, named) in [
            (3..5, "t.tfvars:1,1-2"),
            (0..0, "t.tfvars:1,1-1"),
            (10..12, "t.tfvars:2,1-3"),
            (3..12, "t.tfvars:1,1-2,3"),
            (4..4, "t.tfvars:1,1-1"),
            (17..99, "t.tfvars:3,1-1"),
        ] {
            let source = Arc::clone(&source);
            assert_eq!(Location { source, span }.to_string(), named);
        }
    }
}
