//! Compares policies: JSON lines `{"name", "kind", "account", "before", "after"}` on stdin, both directions of each, on one core.
//!
//! Answers each direction with a line `{"name", "gains": [{"effect", "actions", "resources", "witness", "undecided", "said"}]}`, and on
//! stderr how long they took; actions and resources are `null` for all but some. `cargo xtask judge` asks it about every version of AWS's
//! managed policies, and about edits of ours. Without a kind they are of identities.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "its answers are for a judge and a person")]

use std::io::{BufRead, stdin};
use std::time::Instant;

use policy::{Attachment, Element, Kind, PermissionChange, Policy, Principal, difference};
use serde_json::{Map, Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut times: Vec<(f64, String)> = Vec::new();
    for line in stdin().lock().lines() {
        let pair: Value = serde_json::from_str(&line?)?;
        let read = |side: &str| Policy::parse(&pair.get(side).unwrap_or(&Value::Null).to_string());
        let (one, other) = (read("before")?, read("after")?);
        let text = |name: &str| pair.get(name).and_then(Value::as_str);
        let name = text("name").unwrap_or_default();
        let kind = text("kind").map_or(Some(Kind::Identity), Kind::named).ok_or("no such kind")?;
        let attachment = Attachment { account: text("account"), ..Attachment::to(kind) };
        for (before, after) in [(&one, &other), (&other, &one)] {
            let (milliseconds, changes) = timed(before, after, attachment);
            times.push((milliseconds, name.to_owned()));
            let gains: Vec<Value> = changes.iter().filter(|change| change.widens()).map(gain).collect();
            println!("{}", json!({"name": name, "gains": gains}));
        }
    }
    times.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let at = |share: usize| times.get((times.len() - 1) * share / 100).map_or(0.0, |(time, _)| *time);
    eprintln!(
        "{} comparisons: median {:.3} ms, 90 % {:.3} ms, 99 % {:.3} ms",
        times.len(),
        at(50),
        at(90),
        at(99)
    );
    for (time, name) in times.iter().rev().take(5) {
        eprintln!("{time:.3} ms: {name}");
    }
    Ok(())
}

/// The comparison, and its milliseconds: of the best of five, or where that is long, of this thread on a core, which other
/// processes do not add to.
fn timed(before: &Policy, after: &Policy, attachment: Attachment<'_>) -> (f64, Vec<PermissionChange>) {
    let round = || {
        let (start, busy) = (Instant::now(), busy());
        let changes = difference(Some(before), Some(after), attachment);
        let elapsed = start.elapsed().as_secs_f64() * 1e3;
        (if elapsed > 20.0 { self::busy() - busy } else { elapsed }, changes)
    };
    let (first, changes) = round();
    ((1..5).map(|_| round().0).fold(first, f64::min), changes)
}

/// Milliseconds that this thread was on a core, a few more or less.
fn busy() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok()).unwrap_or_default() / 1e6
}

fn gain(change: &PermissionChange) -> Value {
    let witness = change.witness.as_ref().map(|witness| {
        let context: Map<String, Value> =
            witness.context.entries().map(|(key, values)| (key.to_owned(), json!(values))).collect();
        let principal = witness.principal.as_ref().map(asking);
        json!({"principal": principal, "action": witness.action, "resource": witness.resource, "account": witness.account, "context": context})
    });
    let named = |element: &Option<Element<String>>| match element {
        Some(Element::Only(items)) => Some(items.clone()),
        _ => None,
    };
    json!({
        "effect": format!("{:?}", change.effect),
        "actions": named(&change.scope.actions),
        "resources": named(&change.scope.resources),
        "witness": witness,
        "undecided": change.is_undecided(),
        "said": change.to_string(),
    })
}

/// Who asks, as requests have it.
fn asking(principal: &Principal) -> &str {
    match principal {
        Principal::Everyone => "anonymous",
        Principal::Aws(name)
        | Principal::Service(name)
        | Principal::Federated(name)
        | Principal::CanonicalUser(name) => name,
    }
}
