//! Findings in the form that Terraform's `-json` outputs share.

use serde_json::{Value, json};

use crate::{Diagnostic, Location, Severity};

/// `error` or `warning`.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// One finding. What to do next has no field of its own there, so it ends the detail.
pub fn finding(finding: &Diagnostic) -> Value {
    let hint = finding.hint.iter().map(|hint| format!("\n\n{hint}"));
    let detail = [finding.detail.clone()].into_iter().chain(hint).collect::<String>();
    let severity = severity(finding.severity);
    let mut object = json!({ "severity": severity, "summary": finding.summary, "detail": detail });
    if let Some(fields) = object.as_object_mut() {
        let subject = finding.subject.as_deref().filter(|subject| is_address(subject));
        fields.extend(subject.map(|subject| ("address".to_owned(), Value::from(subject))));
        if let Some(location) = &finding.location {
            fields.insert("range".to_owned(), range(location));
            fields.insert("snippet".to_owned(), snippet(location));
        }
    }
    object
}

/// Whether a subject is one resource; settings and names in AWS are not.
fn is_address(subject: &str) -> bool {
    subject.parse::<crate::Address>().is_ok()
}

fn range(location: &Location) -> Value {
    let point =
        |(line, column): (usize, usize), byte: usize| json!({ "line": line, "column": column, "byte": byte });
    json!({
        "filename": location.source.name,
        "start": point(location.start(), location.span.start),
        "end": point(location.end(), location.span.end),
    })
}

/// The lines of a place, and where in them it lies.
fn snippet(location: &Location) -> Value {
    let text = &location.source.text;
    let begin = text.get(..location.span.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let rest = text.get(location.span.end..).unwrap_or_default();
    let end = location.span.end + rest.find('\n').unwrap_or(rest.len());
    json!({
        "context": Value::Null,
        "code": text.get(begin..end).unwrap_or_default(),
        "start_line": location.start().0,
        "highlight_start_offset": location.span.start.saturating_sub(begin),
        "highlight_end_offset": location.span.end.saturating_sub(begin),
        "values": [],
    })
}
