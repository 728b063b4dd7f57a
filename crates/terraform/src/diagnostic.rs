//! What is wrong with an input, and where: the value that views draw with line and caret.

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
