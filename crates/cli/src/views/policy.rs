//! Decisions and changes of policies, for people and for programs.

use engine::permissions::Entry;
use policy::{
    Deciding, Decision, Finding, Lack, Layer, Missing, Near, PermissionChange, Policy, PolicyPlace, Request,
    Rule, Severity, Verdict,
};
use serde_json::{Value, json};

use super::palette::{Label, Palette};
use crate::text::{one_line, wrap_hanging};
use crate::typed;

/// What the policies that decide are called; by their place where nothing else is known.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Of those of who asks, in order.
    pub identity: Vec<String>,
    /// Of the boundaries, in order.
    pub boundary: Vec<String>,
    /// Of that of the resource.
    pub resource: Option<String>,
}

impl Names {
    fn of(&self, place: &PolicyPlace) -> String {
        let name = match place.layer {
            _ if place.is_grant => None,
            Layer::Identity => self.identity.get(place.index),
            Layer::Boundary => self.boundary.get(place.index),
            Layer::Resource => self.resource.as_ref(),
            _ => None,
        };
        name.map_or_else(|| place.to_string(), |name| one_line(name))
    }
}

/// A decision in words: what, why, and what would allow it.
pub(crate) fn verdict_text(
    request: &Request,
    verdict: &Verdict,
    missing: &[Missing],
    names: &Names,
) -> String {
    let decision = match verdict.decision {
        Decision::Allow => "allowed",
        Decision::ExplicitDeny => "denied",
        Decision::ImplicitDeny => "not allowed",
    };
    let mut text = format!("{} on {}: {decision}", one_line(&request.action), one_line(&request.resource));
    for deciding in &verdict.deciding {
        text.push_str(&format!("\n  by {}", place(deciding, names)));
    }
    for missing in missing {
        text.push_str(&format!("\n  nothing allows it in: {}", missing.layer));
        for near in &missing.near {
            text.push_str(&format!("\n    {}", nearly(near, names)));
        }
        match missing.near.iter().find_map(|near| asked_with(&near.lacks)) {
            Some(context) => {
                text.push_str(&format!("\n    a request that has it passes here:\n      {context}"))
            }
            None => text.push_str(&format!("\n    this would:\n      {}", missing.statement.to_json())),
        }
    }
    text
}

fn place(deciding: &Deciding, names: &Names) -> String {
    let name = deciding.sid.as_ref().map(|sid| format!(" ({})", one_line(sid))).unwrap_or_default();
    format!("statement {}{name} of {}", deciding.statement, names.of(&deciding.policy))
}

fn nearly(near: &Near, names: &Names) -> String {
    let name = near.sid.as_ref().map(|sid| format!(" ({})", one_line(sid))).unwrap_or_default();
    let lacks = match &near.lacks {
        Lack::Principal => "names somebody else".to_owned(),
        Lack::Action => "names other actions".to_owned(),
        Lack::Resource => "names other resources".to_owned(),
        Lack::Condition(tests) => {
            let said = |test: &policy::FailedTest| {
                let found = if test.found.is_empty() { "absent".to_owned() } else { test.found.join(", ") };
                format!("{} (it is {})", one_line(&test.test.to_string()), one_line(&found))
            };
            format!("asks for {}", tests.iter().map(said).collect::<Vec<_>>().join(" and "))
        }
    };
    format!("statement {}{name} of {} {lacks}", near.statement, names.of(&near.policy))
}

/// The flags that give a request what a statement's conditions ask for, where the request has nothing of it. A condition is
/// no reason to write a statement without it.
fn asked_with(lacks: &Lack) -> Option<String> {
    const POSITIVE: [&str; 8] = [
        "StringEquals",
        "StringLike",
        "ArnEquals",
        "ArnLike",
        "Bool",
        "NumericEquals",
        "DateEquals",
        "BinaryEquals",
    ];
    let Lack::Condition(tests) = lacks else { return None };
    let flag = |failed: &policy::FailedTest| {
        let operator = failed.test.operator.rsplit(':').next().unwrap_or_default();
        let is_positive = POSITIVE.iter().any(|positive| operator.eq_ignore_ascii_case(positive));
        let value = failed.test.values.first().filter(|_| is_positive && failed.found.is_empty())?;
        Some(format!("-context {}", typed::quoted(&one_line(&format!("{}={value}", failed.test.key)))))
    };
    Some(tests.iter().map(flag).collect::<Option<Vec<_>>>()?.join(" "))
}

/// What is missing, as JSON.
pub(crate) fn missing_value(missing: &Missing) -> Value {
    let near = |near: &Near| {
        let (lacks, tests) = match &near.lacks {
            Lack::Principal => ("principal", Vec::new()),
            Lack::Action => ("action", Vec::new()),
            Lack::Resource => ("resource", Vec::new()),
            Lack::Condition(tests) => ("condition", tests.clone()),
        };
        let test = |failed: &policy::FailedTest| {
            let policy::ConditionTest { operator, key, values } = &failed.test;
            json!({"operator": operator, "key": key, "values": values, "found": failed.found})
        };
        json!({
            "policy": near.policy.to_string(),
            "statement": near.statement,
            "sid": near.sid,
            "lacks": lacks,
            "tests": tests.iter().map(test).collect::<Vec<_>>(),
        })
    };
    let statement: Value = serde_json::from_str(&missing.statement.to_json()).unwrap_or_default();
    json!({
        "policy": missing.layer.to_string(),
        "statement": statement,
        "near": missing.near.iter().map(near).collect::<Vec<_>>(),
    })
}

/// Changes in words, one a line: what widens and is marked first.
pub(crate) fn changes_text(changes: &[PermissionChange], palette: Palette, width: Option<usize>) -> String {
    if changes.is_empty() {
        return "The same permissions.\n".to_owned();
    }
    let mut sorted: Vec<&PermissionChange> = changes.iter().collect();
    sorted.sort_by_key(|change| (!change.widens(), change.marks.is_empty(), change.marks.clone()));
    let line = |change: &PermissionChange| {
        let (sign, label) = if change.widens() { ("+", Label::Remove) } else { ("-", Label::Add) };
        let marks: Vec<&str> = change.marks.iter().map(|mark| mark.name()).collect();
        let marks = if marks.is_empty() { String::new() } else { format!("[{}] ", marks.join(", ")) };
        let text = wrap_hanging(&format!("{marks}{}", one_line(&change.to_string())), 2, width);
        format!("{} {text}\n", palette.paint(label, sign))
    };
    let count = |is: fn(&PermissionChange) -> bool| changes.iter().filter(|change| is(change)).count();
    let widening = count(|change| change.widens() && !change.is_undecided());
    let narrowing = count(|change| !change.widens() && !change.is_undecided());
    let undecided = match count(PermissionChange::is_undecided) {
        0 => String::new(),
        count => format!(", {count} undecided"),
    };
    let lines: String = sorted.into_iter().map(line).collect();
    format!("{lines}\n{widening} widen, {narrowing} narrow{undecided}.\n")
}

/// A change as one of `permission_changes`.
pub(crate) fn change_value(change: &PermissionChange) -> Value {
    Entry::of(change, None).to_json(None)
}

/// What a policy does, a sentence a statement.
pub(crate) fn explanation(name: &str, policy: &Policy) -> String {
    let sentence = |statement: &policy::Statement| {
        let sid = statement.sid.as_ref().map(|sid| format!("{}: ", one_line(sid))).unwrap_or_default();
        format!("  {sid}{}\n", one_line(&statement.to_string()))
    };
    let sentences: String = policy.statements.iter().map(sentence).collect();
    format!("{}\n{sentences}", one_line(name))
}

/// A finding with its place.
pub(crate) struct Linted {
    /// As it was named.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// What was found.
    pub finding: Finding,
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// Findings, two lines each; how many of each severity last.
pub(crate) fn lint_text(all: &[Linted]) -> String {
    let line = |one: &Linted| {
        let Finding { rule, path, message, suggestion, .. } = &one.finding;
        let path = if path.is_empty() { String::new() } else { format!("{} ", one_line(path)) };
        let meant = suggestion.as_ref().map(|text| format!("\n    did you mean {text}?")).unwrap_or_default();
        format!(
            "{}:{}:{}: {}[{}]\n    {path}{}{meant}\n",
            one.file,
            one.line,
            one.column,
            severity(rule.severity()),
            rule.name(),
            one_line(message)
        )
    };
    let count = |wanted: Severity| all.iter().filter(|one| one.finding.rule.severity() == wanted).count();
    let lines: String = all.iter().map(line).collect();
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let said: Vec<String> = counts
        .into_iter()
        .map(|(severity, name)| (count(severity), name))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}{}", if count == 1 { "" } else { "s" }))
        .collect();
    let end = if said.is_empty() { "No findings.".to_owned() } else { format!("\n{}.", said.join(", ")) };
    format!("{lines}{end}")
}

/// A finding as JSON.
pub(crate) fn lint_value(one: &Linted) -> Value {
    let Finding { rule, path, sid, message, suggestion } = &one.finding;
    json!({
        "file": one.file,
        "line": one.line,
        "column": one.column,
        "rule": rule.name(),
        "severity": severity(rule.severity()),
        "path": path,
        "sid": sid,
        "message": message,
        "suggestion": suggestion,
    })
}

/// Findings in SARIF 2.1.0 (OASIS, `sarif-v2.1.0`).
pub(crate) fn sarif(all: &[Linted]) -> Value {
    let rule = |rule: &Rule| json!({"id": rule.name(), "defaultConfiguration": {"level": severity(rule.severity())}});
    let result = |one: &Linted| {
        let Finding { rule, path, message, suggestion, .. } = &one.finding;
        let meant = suggestion.as_ref().map(|text| format!(" (did you mean {text}?)")).unwrap_or_default();
        json!({
            "ruleId": rule.name(),
            "level": severity(rule.severity()),
            "message": {"text": format!("{path} {message}{meant}").trim_start()},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": one.file},
                "region": {"startLine": one.line, "startColumn": one.column},
            }}],
        })
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "underpin",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": Rule::ALL.iter().map(rule).collect::<Vec<_>>(),
            }},
            "results": all.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}
