//! Interrupts of a run that programs read.

use std::time::Duration;

use harness::{Fault, Matching, Options, Rule, When};
use serde_json::Value;

use crate::support::worlds::{APPLY, EMPTY, REFERENCE, world};

const LIMIT: Duration = Duration::from_secs(120);
const APPLY_JSON: [&str; 4] = ["apply", "-json", "-auto-approve", "-input=false"];

#[test]
fn an_interrupted_stream_says_so_and_ends_whole() {
    let mut world = world(&EMPTY, Options::default());
    let create = Matching::action("s3", "CreateBucket");
    world.proxy().arm(Rule::new(Fault::Interrupt, create, When::First(1)));
    let run = world.run(&APPLY_JSON, LIMIT).unwrap();
    assert_eq!(run.status.and_then(|status| status.code()), Some(1), "{}\n{}", run.ending(), run.printed);
    let messages: Vec<Value> = run.printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &'static str| messages.iter().filter(move |message| message["type"] == kind);
    let told = |words: &str| of("log").any(|log| log["@message"].as_str().unwrap().contains(words));
    assert!(told("Interrupt received"), "{}", run.printed);
    assert_eq!(of("apply_start").count(), of("apply_complete").count(), "{}", run.printed);
    assert!(of("apply_complete").count() < 20, "{}", run.printed);
    let last = of("diagnostic").next_back().unwrap();
    assert_eq!((&last["@level"], &last["diagnostic"]["severity"]), (&"error".into(), &"error".into()));
    world.proxy().reset();
    world.succeed(&APPLY).unwrap();
    assert_eq!(world.observe().unwrap().difference(&REFERENCE.observed), "");
}
