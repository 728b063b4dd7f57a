//! Everything new is invisible for a while: to those who ask for it, to those who build on it, and in listings.

use std::time::Duration;

use harness::{Fault, Matching, Options, Rule, When};

use crate::support::worlds::{APPLY, EMPTY, REFERENCE, how_many, world};

const DELAY: Duration = Duration::from_secs(2);

#[test]
fn one_run_waits_for_what_it_has_made() {
    let mut world = world(&EMPTY, Options { consistency: Some(DELAY), ..Options::default() });
    for round in 1..=how_many("UNDERPIN_CONSISTENCY_ROUNDS", 1) {
        world.begin(&EMPTY).unwrap();
        let run = world.run(&APPLY, Duration::from_secs(300)).unwrap();
        let (calls, wall) = (world.proxy().journal().len(), run.wall.as_secs_f64());
        println!("consistency, round {round}: {}, {calls} calls, {wall:.1} s", run.ending());
        assert!(run.is_success(), "round {round}: {}\n{}", run.ending(), run.printed);
        assert_eq!(world.observe().unwrap().difference(&REFERENCE.observed), "", "round {round}");
    }
}

#[test]
fn a_lost_answer_makes_no_second_key_although_the_first_is_not_listed_yet() {
    let mut world = world(&EMPTY, Options { consistency: Some(DELAY), ..Options::default() });
    world.proxy().arm(Rule::new(Fault::CutAfter, Matching::action("kms", "CreateKey"), When::At(1)));
    let run = world.run(&APPLY, Duration::from_secs(300)).unwrap();
    assert!(run.is_success(), "{}\n{}", run.ending(), run.printed);
    let account = world.aws().inventory().unwrap();
    assert_eq!(account["keys"].as_array().unwrap().len(), 1, "{:#}", account["keys"]);
    assert_eq!(world.observe().unwrap().difference(&REFERENCE.observed), "");
}

#[test]
fn a_killed_run_makes_no_second_key_although_the_first_is_not_listed_yet() {
    let mut world = world(&EMPTY, Options { consistency: Some(DELAY), ..Options::default() });
    world.proxy().arm(Rule::new(Fault::KillAfter, Matching::action("kms", "CreateKey"), When::At(1)));
    let run = world.run(&APPLY, Duration::from_secs(300)).unwrap();
    assert!(!run.is_success(), "{}", run.printed);
    // The proxy goes on hiding what is new: it is not reset.
    let run = world.run(&APPLY, Duration::from_secs(300)).unwrap();
    assert!(run.is_success(), "{}\n{}", run.ending(), run.printed);
    let account = world.aws().inventory().unwrap();
    assert_eq!(account["keys"].as_array().unwrap().len(), 1, "{:#}", account["keys"]);
    assert_eq!(account, REFERENCE.observed.account);
}

#[test]
fn a_creation_whose_answer_is_lost_is_gone_on_from_although_it_is_not_seen_yet() {
    let mut world = world(&EMPTY, Options { consistency: Some(DELAY), ..Options::default() });
    let creations = [
        ("iam", "CreateInstanceProfile"),
        ("iam", "AddRoleToInstanceProfile"),
        ("iam", "CreateRole"),
        ("kms", "CreateAlias"),
        ("s3", "CreateBucket"),
    ];
    for (service, action) in creations {
        world.proxy().arm(Rule::new(Fault::CutAfter, Matching::action(service, action), When::At(1)));
    }
    let run = world.run(&APPLY, Duration::from_secs(300)).unwrap();
    assert!(run.is_success(), "{}\n{}", run.ending(), run.printed);
    assert_eq!(world.observe().unwrap().difference(&REFERENCE.observed), "");
}
