//! What a killed apply made and no state records, when the next command is not a plain apply.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use harness::{Backend, Baseline, Fault, Matching, Options, Rule, Verdict, When};
use serde_json::Value;

use crate::support::worlds::{APPLY, EMPTY, ORACLES, REFERENCE, TOOL, world};

const LIMIT: Duration = Duration::from_secs(120);
const DESTROY: [&str; 4] = ["destroy", "-delete-key", "-auto-approve", "-input=false"];

#[test]
fn a_destroy_knows_of_it_what_aws_cannot_say() {
    let mut world = world(&EMPTY, Options::default());
    for (fault, service, action) in
        [(Fault::KillAfter, "kms", "CreateKey"), (Fault::KillBefore, "s3", "PutBucketTagging")]
    {
        world.begin(&EMPTY).unwrap();
        world.proxy().arm(Rule::new(fault, Matching::action(service, action), When::First(1)));
        assert!(world.run(&APPLY, LIMIT).unwrap().status.is_some());
        world.proxy().reset();
        let scheduled: Arc<Mutex<Vec<Value>>> = Arc::default();
        let seen = Arc::clone(&scheduled);
        world.proxy().on(move |call| {
            if call.action == "ScheduleKeyDeletion" {
                seen.lock().unwrap().push(serde_json::from_str(&call.body).unwrap());
            }
            Verdict::Pass
        });
        world.succeed(&DESTROY).unwrap();
        let windows: Vec<Value> =
            scheduled.lock().unwrap().iter().map(|body| body["PendingWindowInDays"].clone()).collect();
        assert_eq!(windows, [7], "{action}");
        world.proxy().reset();
        world.succeed(&APPLY).unwrap();
        assert_eq!(world.observe().unwrap().difference(&REFERENCE.observed), "", "{action}");
    }
}

#[test]
fn a_run_that_does_not_read_what_is_recorded_makes_no_second_key_either() {
    let mut world = world(&EMPTY, Options::default());
    world.proxy().arm(Rule::new(Fault::KillAfter, Matching::action("kms", "CreateKey"), When::At(1)));
    assert!(!world.run(&APPLY, LIMIT).unwrap().is_success());
    world.proxy().reset();
    let run = world.run(&[&APPLY[..], &["-refresh=false"]].concat(), LIMIT).unwrap();
    assert!(run.is_success(), "{}\n{}", run.ending(), run.printed);
    assert_eq!(world.observe().unwrap().difference(&REFERENCE.observed), "");
}

#[test]
fn a_saved_plan_that_is_applied_again_makes_no_second_key() {
    // A lock in S3 that was taken over makes a plan stale in any case; that of a file ends with its process.
    let local = Baseline::prepare(&ORACLES, &TOOL, Backend::Local).unwrap();
    let mut world = world(&local, Options::default());
    let create_key = || Matching::action("kms", "CreateKey");
    world.proxy().arm(Rule::new(Fault::Refuse(400, "LimitExceededException"), create_key(), When::Always));
    assert!(!world.run(&APPLY, LIMIT).unwrap().is_success());
    world.proxy().reset();
    world.succeed(&["apply", "-refresh-only", "-auto-approve"]).unwrap();
    world.succeed(&["plan", "-out=p.out"]).unwrap();
    world.proxy().arm(Rule::new(Fault::KillAfter, create_key(), When::At(1)));
    assert!(!world.run(&["apply", "p.out"], LIMIT).unwrap().is_success());
    world.proxy().reset();
    let again = world.run(&["apply", "p.out"], LIMIT).unwrap();
    assert!(!again.is_success() && again.printed.contains("Saved plan is stale"), "{}", again.printed);
    world.succeed(&["plan", "-out=p.out"]).unwrap();
    world.succeed(&["apply", "p.out"]).unwrap();
    let keys = world.aws().inventory().unwrap()["keys"].clone();
    assert_eq!(keys.as_array().unwrap().len(), 1, "{keys:#}");
}
