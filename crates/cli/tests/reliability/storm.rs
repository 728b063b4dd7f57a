//! A storm of throttling: three calls in ten are refused for the whole run, or those of a service.

use std::time::Duration;

use harness::{Fault, Matching, Options, Rule, When};

use crate::support::account::{moto, run, succeed, text};
use crate::support::worlds::{APPLY, EMPTY, REFERENCE, how_many, world};

#[test]
fn everything_is_made_while_three_calls_in_ten_are_throttled() {
    let mut world = world(&EMPTY, Options::default());
    for seed in 1..=how_many("UNDERPIN_STORM_SEEDS", 2) {
        world.begin(&EMPTY).unwrap();
        world.proxy().arm(Rule::new(Fault::Throttle, Matching::any(), When::chance(30, seed)));
        let run = world.run(&APPLY, Duration::from_secs(300)).unwrap();
        let (calls, wall) = (world.proxy().journal().len(), run.wall.as_secs_f64());
        println!("storm, seed {seed}: {}, {calls} calls, {wall:.1} s", run.ending());
        assert!(run.is_success(), "seed {seed}: {}\n{}", run.ending(), run.printed);
        assert_eq!(world.observe().unwrap().difference(&REFERENCE.observed), "", "seed {seed}");
    }
}

#[test]
fn what_is_only_read_waits_for_an_iam_that_takes_no_more_calls() {
    let world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let iam = || Matching { service: Some("iam"), ..Matching::any() };
    for (line, calm) in [
        (&["plan", "-detailed-exitcode"][..], "No changes."),
        (&["doctor", "roles"], "roles     20 checks pass"),
    ] {
        world.proxy().arm(Rule::new(Fault::Throttle, iam(), When::First(12)));
        let output = run(&world, line);
        let shown = text(&output.stdout);
        assert!(output.status.success() && shown.contains(calm), "{line:?}\n{shown}");
        world.proxy().reset();
    }
}
