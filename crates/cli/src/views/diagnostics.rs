//! Findings as text: title, place, source line with caret, reason, help.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Snippet};
use terraform::{Diagnostic, Location, Severity};

use super::advice::laid_out;
use super::palette::{Label, Palette};
use crate::text::{clean, counted, wrap};

/// How far `annotate-snippets` indents what stands below a source line.
const INDENT: usize = 6;

/// Findings in order of file and line, those without a place last, each followed by an empty line.
pub(crate) fn render(findings: &[Diagnostic], palette: Palette, width: Option<usize>) -> String {
    let mut findings: Vec<&Diagnostic> = findings.iter().collect();
    findings.sort_by_key(|finding| match &finding.location {
        Some(location) => (0, location.source.name.as_str(), location.span.start),
        None => (1, "", 0),
    });
    findings
        .into_iter()
        .map(|finding| match &finding.location {
            Some(location) => located(finding, location, palette, width),
            None => unlocated(finding, palette, width),
        })
        .collect()
}

/// `3 errors`, counting only errors.
pub(crate) fn count(findings: &[Diagnostic]) -> String {
    counted(findings.iter().filter(|finding| finding.severity == Severity::Error).count(), "error")
}

fn located(finding: &Diagnostic, location: &Location, palette: Palette, width: Option<usize>) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR.with_name("Error"),
        Severity::Warning => Level::WARNING.with_name("Warning"),
    };
    let below = width.map(|width| width.saturating_sub(INDENT));
    let text = location.source.text.as_str();
    let (text, mark) = match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest, text.len() - rest.len()),
        None => (text, 0),
    };
    let span = location.span.start.saturating_sub(mark)..location.span.end.saturating_sub(mark);
    let snippet = Snippet::source(text)
        .path(clean(&location.source.name))
        .annotation(AnnotationKind::Primary.span(within(&span, text)));
    let mut group = level.primary_title(clean(&finding.summary)).element(snippet);
    if !finding.detail.is_empty() {
        group = group.element(Level::NOTE.no_name().message(wrap(&clean(&finding.detail), below)));
    }
    if let Some(hint) = &finding.hint {
        let below = below.map(|width| width.saturating_sub("help: ".len()));
        group = group.element(Level::HELP.message(laid_out(&clean(hint), below)));
    }
    format!("{}\n\n", palette.snippets(width).render(&[group]))
}

fn unlocated(finding: &Diagnostic, palette: Palette, width: Option<usize>) -> String {
    let title = match finding.severity {
        Severity::Error => palette.paint(Label::Error, "Error:"),
        Severity::Warning => palette.paint(Label::Warning, "Warning:"),
    };
    let mut text = format!("{title} {}\n", palette.paint(Label::Strong, &clean(&finding.summary)));
    if let Some(subject) = &finding.subject {
        text.push_str(&format!("  with {}\n", clean(subject)));
    }
    if !finding.detail.is_empty() {
        text.push_str(&format!("\n{}\n", wrap(&clean(&finding.detail), width)));
    }
    if let Some(hint) = &finding.hint {
        let hint = laid_out(&format!("help: {}", clean(hint)), width);
        let hint = hint.strip_prefix("help:").unwrap_or(&hint);
        text.push_str(&format!("\n{}{hint}\n", palette.paint(Label::Help, "help:")));
    }
    text.push('\n');
    text
}

/// The span, moved onto characters that are there.
fn within(span: &Range<usize>, text: &str) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    let end = text.ceil_char_boundary(span.end.max(start));
    start..end
}

#[cfg(test)]
mod tests;
