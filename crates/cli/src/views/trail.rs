//! What `trail` prints.

mod advice;
mod meter;
mod outcome;
mod status;

use std::collections::BTreeMap;
use std::path::Path;

use terraform::Diagnostic;
use trail::{Finding, Kind, Moment, Report, WhichTrail};

use crate::error::CliError;
use crate::text::{clean, counted, wrap, wrap_hanging};
use crate::typed;

pub(crate) use meter::{Meter, size};
pub(crate) use outcome::{Copied, Last, Verified};
pub(crate) use status::{Shown, status, status_json};

/// How many findings a person is shown.
const SHOWN: usize = 40;

/// The document of `-json`.
pub(crate) fn json(report: &Report) -> String {
    serde_json::to_string_pretty(report).unwrap_or_default()
}

/// The report for a person: the verdict, what was looked at, and every finding with what it means and what to do.
pub(crate) fn report(verified: &Verified, width: Option<usize>) -> String {
    let Verified { report, trail, bucket, .. } = verified;
    let mut parts = vec![wrap(&verdict(report), width)];
    let name = trail.as_ref().map(|trail| format!("Trail {} (home region {})", trail.name, trail.home));
    let place = bucket.as_ref().map(|bucket| format!("bucket {bucket}"));
    let regions = (!report.regions.is_empty()).then(|| format!("regions {}", report.regions.join(", ")));
    let what: Vec<String> = [name, place, regions].into_iter().flatten().collect();
    let counts = report.counts;
    let mut looked = format!(
        "{} and {} hold what CloudTrail signed ({} of logs).",
        number(counts.digests, "digest"),
        number(counts.logs, "log"),
        size(counts.bytes)
    );
    if counts.unproven > 0 {
        looked.push_str(&format!(" {}.", number_not(counts.unproven)));
    }
    let what = if what.is_empty() { looked } else { format!("{}.\n{looked}", what.join(", ")) };
    parts.push(wrap(&clean(&what), width));
    for finding in report.findings.iter().take(SHOWN) {
        parts.push(one(finding, verified, width));
    }
    if !report.accepted.is_empty() {
        parts.push(wrap(&accepted(report), width));
    }
    if !report.is_proven() {
        parts.push(wrap(&closing(report), width));
    }
    parts.join("\n\n")
}

fn number(count: u64, noun: &str) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), noun)
}

fn number_not(count: u64) -> String {
    match count {
        1 => "1 log is not proven".to_owned(),
        count => format!("{count} logs are not proven"),
    }
}

fn range(report: &Report) -> String {
    match (report.range.start, report.range.end) {
        (Some(start), Some(end)) => format!("from {start} to {end}"),
        (Some(start), None) => format!("from {start}"),
        (None, Some(end)) => format!("until {end}"),
        (None, None) => "at all".to_owned(),
    }
}

fn verdict(report: &Report) -> String {
    let findings =
        counted(report.findings.len() + usize::try_from(report.omitted).unwrap_or_default(), "finding");
    let until = |until: Option<Moment>| {
        until.map(|until| format!(" Everything until {until} is proven.")).unwrap_or_default()
    };
    match (report.is_proven(), report.is_broken()) {
        (true, _) if report.accepted.is_empty() => {
            format!("Proven: no log {} was altered, removed or added.", range(report))
        }
        (true, _) => format!(
            "Proven: no log {} was altered, removed or added; but nothing was recorded in {}.",
            range(report),
            counted(report.accepted.len(), "accepted pause")
        ),
        (false, true) => {
            format!("NOT PROVEN {}: {findings}.{}", range(report), until(report.range.proven_until))
        }
        (false, false) => format!(
            "Undecided {}: nothing is known to be wrong, but {findings} could not be decided.{}",
            range(report),
            until(report.range.proven_until)
        ),
    }
}

/// The pauses that the settings accept: what is proven is the time around them.
fn accepted(report: &Report) -> String {
    let pauses = report.accepted.iter().map(|pause| clean(&format!("{}.", pause.detail)));
    let text: Vec<String> =
        std::iter::once("Accepted by the settings, and not proven:".to_owned()).chain(pauses).collect();
    text.join("\n  ")
}

/// How many findings of which kind: what a tired reader sees first.
fn closing(report: &Report) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        *kinds.entry(finding.kind.name()).or_default() += 1;
    }
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let hidden = report.findings.len().saturating_sub(SHOWN) as u64 + report.omitted;
    let more = if hidden > 0 {
        format!("\n{hidden} findings are not shown here; -json lists more.")
    } else {
        String::new()
    };
    let verdict = if report.is_broken() { "Not proven" } else { "Undecided" };
    format!("{verdict}: {}.{more}", kinds.join(", "))
}

fn one(finding: &Finding, verified: &Verified, width: Option<usize>) -> String {
    let region = finding.region.clone().unwrap_or_default();
    let time = finding.time.map(|time| time.to_string()).unwrap_or_default();
    let head = [finding.kind.name(), &time, &region]
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join("  ");
    let mut lines = vec![head];
    if let Some(object) = &finding.object {
        // An address is for copying, so it stays on one line.
        lines.push(format!("  {}", clean(&address(object, verified))));
    }
    let advice = advice::of(finding);
    let text = |text: String| wrap_hanging(&format!("  {text}"), 2, width);
    lines.push(text(format!("{}.", clean(&finding.detail))));
    lines.push(text(format!("It means: {}", advice.meaning)));
    lines.push(text(format!("To do: {}", advice.action)));
    if let Some(command) = command(finding, verified) {
        lines.push(format!("    {command}"));
    }
    if let (Kind::GapStopped, Some(_), Some(time)) = (finding.kind, &finding.object, finding.time) {
        lines.push(text("A pause that is answered for can stand in the settings:".to_owned()));
        lines.push(format!("    accepted = [\"{}:{time}\"]", finding.kind.name()));
    }
    lines.join("\n")
}

fn address(object: &str, verified: &Verified) -> String {
    match &verified.bucket {
        Some(bucket) if !object.starts_with("s3://") => format!("s3://{bucket}/{object}"),
        _ => object.to_owned(),
    }
}

/// The command that brings the true content back.
fn command(finding: &Finding, verified: &Verified) -> Option<String> {
    let address = address(finding.object.as_ref()?, verified);
    let (bucket, key) = address.strip_prefix("s3://")?.split_once('/')?;
    let version = finding.version.as_ref()?;
    let source = format!("{bucket}/{key}?versionId={version}");
    Some(format!(
        "aws s3api copy-object --bucket {} --key {} --copy-source {}",
        typed::quoted(bucket),
        typed::quoted(key),
        typed::quoted(&source)
    ))
}

/// What a copy came to.
pub(crate) fn mirrored(
    folder: &Path,
    copied: &Copied,
    refused: &BTreeMap<String, String>,
    width: Option<usize>,
) -> String {
    let mut lines = Vec::new();
    for (key, why) in copied.unreadable.iter().take(SHOWN) {
        lines.push(wrap(&clean(&format!("Not copied: {key}: {why}.")), width));
    }
    for (region, why) in refused {
        lines.push(wrap(&clean(&format!("No public keys of {region}: {why}.")), width));
    }
    let there = match copied.kept {
        0 => String::new(),
        kept => format!(", {kept} were there already"),
    };
    lines.push(wrap(
        &format!(
            "Copied {} ({}){there}. Verify the copy with:",
            number(copied.fetched, "object"),
            size(copied.bytes)
        ),
        width,
    ));
    lines.push(format!("  underpin trail verify -from={}", typed::quoted(&folder.display().to_string())));
    if !copied.unreadable.is_empty() {
        lines.push(format!("{} could not be copied.", number(copied.unreadable.len() as u64, "object")));
    }
    lines.join("\n")
}

/// There are several trails, and none was chosen.
pub(crate) fn several_trails(error: &WhichTrail) -> CliError {
    let names: Vec<String> =
        error.0.iter().map(|trail| format!("{} (home region {})", trail.name, trail.home)).collect();
    let detail = format!("There are digests of more than one trail: {}.", clean(&names.join(", ")));
    Diagnostic::error("Which trail?", detail).hint("name one with -trail=ARN").into()
}
