//! Each read of doctor's refused once: it is named, the rest is still judged, and nothing is ever written.

use std::collections::BTreeSet;

use harness::{Fault, Matching, Rule, When};

use super::clinic::{applied, applied_but, doctor};

/// Reads whose refusal is no finding of its own: who is asking, which answers to nobody's permission.
const NEEDED: [&str; 1] = ["GetCallerIdentity"];

#[test]
fn every_refused_read_is_named_and_nothing_is_written() {
    let world = applied();
    world.proxy().settle();
    let seen = world.proxy().journal().len();
    let whole = doctor(&world, &[]);
    world.proxy().settle();
    let calls: BTreeSet<(String, String)> = world
        .proxy()
        .journal()
        .iter()
        .skip(seen)
        .map(|entry| (entry.service.clone(), entry.action.clone()))
        .collect();
    let writes: Vec<_> = calls.iter().filter(|(_, action)| !is_read(action)).collect();
    assert!(writes.is_empty(), "{writes:?}");
    let reads = world.proxy().journal().len() - seen;
    println!("{reads} reads of {} kinds", calls.len());
    assert!(reads <= 60, "{reads} reads");
    let mut unnamed = Vec::new();
    for (service, action) in calls.iter().filter(|(_, action)| !NEEDED.contains(&action.as_str())) {
        let world = applied_but(Some(action));
        let matching = Matching {
            service: Some(Box::leak(service.clone().into_boxed_str())),
            action: Some(Box::leak(action.clone().into_boxed_str())),
            resource: None,
        };
        world.proxy().arm(Rule::new(Fault::Refuse(403, "AccessDenied"), matching, When::Always));
        let diagnosis = doctor(&world, &[]);
        let unknown = diagnosis.checks.iter().filter(|check| check["status"] == "unknown").count();
        if unknown == 0 || diagnosis.checks.len() * 2 < whole.checks.len() {
            unnamed
                .push(format!("{service} {action}: {unknown} unknown of {} checks", diagnosis.checks.len()));
        }
    }
    assert!(unnamed.is_empty(), "{}", unnamed.join("\n"));
}

fn is_read(action: &str) -> bool {
    ["Get", "List", "Describe", "Lookup", "Head", "BatchGet"].iter().any(|verb| action.starts_with(verb))
}
