//! What doctor found: the verdict first, then each cause with its evidence and remedy.

use std::collections::BTreeSet;

use doctor::{Check, Report, Status, Subject, page};
use serde_json::json;

use super::advice::{Piece, parts};
use super::palette::{Label, Palette};
use crate::text::{clean, counted, wrap_hanging};

/// How much is shown, and how wide.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    /// Whether what passes is listed.
    pub verbose: bool,
    /// The columns of the screen.
    pub width: Option<usize>,
}

/// `doctor -json`: every check.
pub(crate) fn json(report: &Report) -> String {
    let checks: Vec<_> = report
        .checks
        .iter()
        .map(|check| {
            json!({
                "id": check.id,
                "subject": Subject::of(check).map(Subject::name),
                "status": check.status.name(),
                "title": check.title,
                "cause": check.cause,
                "evidence": check.evidence,
                "remedy": check.remedy,
                "because_of": check.because_of,
            })
        })
        .collect();
    json!({ "format_version": "1.0", "verdict": report.verdict().name(), "checks": checks }).to_string()
}

/// `doctor` for people.
pub(crate) fn render(report: &Report, shown: Shown, palette: Palette) -> String {
    let (label, verdict) = verdict(report);
    let mut text = format!("{}\n", palette.paint(label, &verdict));
    for status in [Status::Fail, Status::Unknown, Status::Warn] {
        for check in report.causes(status) {
            text += &block(report, check, shown, palette);
        }
    }
    let passing: String =
        Subject::ALL.into_iter().map(|subject| passes(report, subject, shown, palette)).collect();
    if !passing.is_empty() {
        text += &format!("\n{passing}");
    }
    if report.verdict() != Status::Pass {
        text += &format!("\n{}\n", palette.paint(label, &verdict));
    }
    text
}

/// The verdict in one line.
fn verdict(report: &Report) -> (Label, String) {
    let count = |status| report.causes(status).count();
    let (fails, unknown, warns) = (count(Status::Fail), count(Status::Unknown), count(Status::Warn));
    let mut parts = Vec::new();
    if fails > 0 {
        let verb = if fails == 1 { "does" } else { "do" };
        parts.push(format!("{} {verb} not work", counted(fails, "thing")));
    }
    if unknown > 0 {
        parts.push(format!("{} could not be looked at", counted(unknown, "thing")));
    }
    if warns > 0 {
        parts.push(counted(warns, "warning"));
    }
    match (fails, unknown, warns) {
        (0, 0, 0) => (Label::Success, "Everything that was looked at works.".to_owned()),
        (0, 0, _) => (Label::Warning, format!("Everything works: {}.", parts.join(", "))),
        (0, ..) => (Label::Warning, format!("Nothing is known to fail: {}.", parts.join(", "))),
        _ => (Label::Error, format!("{}.", parts.join(", "))),
    }
}

/// A cause, with all that hangs on it.
fn block(report: &Report, check: &Check, shown: Shown, palette: Palette) -> String {
    let (label, word) = match check.status {
        Status::Fail => (Label::Error, "fail"),
        Status::Unknown => (Label::Warning, "unknown"),
        Status::Warn | Status::Pass => (Label::Warning, "warn"),
    };
    let title = wrap_hanging(&clean(&check.title), word.len() + 2, shown.width);
    let mut text = format!("\n{}: {}\n", palette.paint(label, word), palette.paint(Label::Strong, &title));
    // What the same call left undecided is said with it; other symptoms are named.
    let (alike, symptoms): (Vec<&Check>, Vec<&Check>) = report
        .symptoms(check)
        .partition(|symptom| check.unanswered.is_some() && symptom.unanswered == check.unanswered);
    let all = || std::iter::once(check).chain(alike.iter().copied());
    text += &part("cause", all().map(|check| &check.cause), shown);
    text += &part("seen", all().flat_map(|check| &check.evidence), shown);
    text += &part("hangs on it", symptoms.iter().map(|symptom| &symptom.title), shown);
    text += &remedy(&check.remedy, shown, palette);
    if let Some(page) = page(check.kind()) {
        text += &palette.paint(Label::Faint, &format!("  {}: docs/doctor.md#{}", check.id, page.anchor()));
        text += "\n";
    }
    text
}

/// Lines under a name, each once.
fn part<'a>(name: &str, lines: impl Iterator<Item = &'a String>, shown: Shown) -> String {
    let indent = name.len() + 4;
    let line = |line: &String| wrap_hanging(&clean(line).replace('\n', " "), indent, shown.width);
    let mut told = BTreeSet::new();
    let lines: Vec<String> = lines.filter(|line| !line.is_empty() && told.insert(*line)).map(line).collect();
    if lines.is_empty() {
        return String::new();
    }
    format!("  {name}: {}\n", lines.join(&format!("\n{:indent$}", "")))
}

/// What to do: sentences are wrapped, commands stand whole on lines of their own, on a screen also those within a sentence.
fn remedy(lines: &[String], shown: Shown, palette: Palette) -> String {
    let mut text = String::new();
    for line in lines {
        let line = clean(line).replace('\n', " ");
        let said = |prose: &str| {
            let prose = wrap_hanging(prose, 8, shown.width);
            format!("  {}: {prose}\n", palette.paint(Label::Help, "help"))
        };
        let has_command = || parts(&line).any(|piece| matches!(piece, Piece::Command(_)));
        if line.starts_with("aws ") || line.starts_with("underpin ") {
            text += &format!("    {line}\n");
        } else if shown.width.is_some() && has_command() {
            text.extend(parts(&line).map(|piece| match piece {
                Piece::Prose(prose) => said(prose),
                Piece::Command(command) => format!("    {command}\n"),
            }));
        } else {
            text += &said(&line);
        }
    }
    text
}

/// What passes, one line a subject, or all of it.
fn passes(report: &Report, subject: Subject, shown: Shown, palette: Palette) -> String {
    let of_subject = || report.checks.iter().filter(move |check| Subject::of(check) == Some(subject));
    let passing: Vec<&Check> = of_subject().filter(|check| check.status == Status::Pass).collect();
    let others = of_subject().count() - passing.len();
    if passing.is_empty() {
        return String::new();
    }
    let rest = if others == 0 { String::new() } else { format!(", {others} not") };
    let verb = if passing.len() == 1 { "passes" } else { "pass" };
    let mut text = format!("{:9} {} {verb}{rest}\n", subject.name(), counted(passing.len(), "check"));
    if shown.verbose {
        for check in passing {
            let title = wrap_hanging(&clean(&check.title), 4, shown.width);
            text += &format!("  - {title}\n");
            for line in &check.evidence {
                let line = wrap_hanging(&clean(line).replace('\n', " "), 4, shown.width);
                text += &format!("    {}\n", palette.paint(Label::Faint, &line));
            }
        }
    }
    text
}
