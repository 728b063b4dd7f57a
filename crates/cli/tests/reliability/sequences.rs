//! Random histories: settings that change, hands that meddle, runs that break. A last plain apply ends them all.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use harness::campaign::MISHAPS;
use harness::{Observed, Options, Rule, World};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::support::worlds::{APPLY, EMPTY, how_many, world};

/// Settings to change between.
const SETTINGS: [&str; 5] = [
    "",
    "enable_fargate = false\n",
    "create_node_instance_profile = true\ncloudtrail_log_retention_days = 90\n",
    "kms_allow_cloudwatch_logs = false\nkms_rotation_period_in_days = 180\nexclusive_role_policies = true\n",
    "artos_ecr_aws_account = \"210987654321\"\ncloudtrail_s3_data_events = { scope = \"all-buckets\" }\ntags = { a = \"b\" }\n",
];

const LIMIT: Duration = Duration::from_secs(120);

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// The settings become those of a number.
    Settings(usize),
    /// Somebody changes what we made.
    Drift(usize),
    /// A run is broken: by which mishap, at which call, and whether it is a destroy.
    Broken(usize, u64, bool),
    Apply,
    Destroy,
}

fn event() -> impl Strategy<Value = Event> {
    // Faults that wait for a timeout and those of state writes only are left to the campaign.
    let mishaps: Vec<usize> = (0..MISHAPS.len())
        .filter(|index| !MISHAPS[*index].is_silent() && !MISHAPS[*index].state_only)
        .collect();
    prop_oneof![
        3 => (0..SETTINGS.len()).prop_map(Event::Settings),
        3 => (0..6_usize).prop_map(Event::Drift),
        4 => (proptest::sample::select(mishaps), 1..70_u64, proptest::bool::weighted(0.25))
            .prop_map(|(mishap, call, destroy)| Event::Broken(mishap, call, destroy)),
        2 => Just(Event::Apply),
        1 => Just(Event::Destroy),
    ]
}

/// Changes something by hand, if it is there.
fn drift(world: &mut World, number: usize) {
    let account = world.aws().inventory().unwrap();
    let role = "genai-artos-production-eks-node-group-role";
    let attached = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy";
    let buckets = world.aws().call("s3", "list_buckets", json!({})).unwrap();
    let bucket = buckets["Buckets"]
        .as_array()
        .and_then(|all| {
            all.iter().find_map(|one| one["Name"].as_str().filter(|name| name.contains("cloudtrail")))
        })
        .map(str::to_owned);
    let aliased =
        account["keys"].as_array().is_some_and(|keys| keys.iter().any(|key| key["aliases"] != json!([])));
    let key = "alias/genai-artos-production-kms-key";
    let done = match (number, bucket) {
        (0, _) => world.aws().call(
            "cloudtrail",
            "stop_logging",
            json!({"Name": "genai-artos-production-cloudtrail"}),
        ),
        (1, _) => {
            world.aws().call("iam", "detach_role_policy", json!({"RoleName": role, "PolicyArn": attached}))
        }
        (2, Some(bucket)) => world.aws().call("s3", "delete_public_access_block", json!({"Bucket": bucket})),
        (3, Some(bucket)) => world.aws().call("s3", "delete_bucket_policy", json!({"Bucket": bucket})),
        (4, _) if aliased => {
            let described = world.aws().call("kms", "describe_key", json!({"KeyId": key})).unwrap();
            let id = described["KeyMetadata"]["KeyId"].clone();
            world.aws().call("kms", "disable_key_rotation", json!({"KeyId": id}))
        }
        (5, _) => world.aws().call(
            "cloudtrail",
            "delete_trail",
            json!({"Name": "genai-artos-production-cloudtrail"}),
        ),
        _ => Ok(Value::Null),
    };
    // What is not there yet cannot be changed; that is no failure.
    drop(done);
}

fn happen(world: &mut World, event: Event, settings: &mut usize) {
    match event {
        Event::Settings(number) => {
            *settings = number;
            std::fs::write(world.directory().join("campaign.auto.tfvars"), SETTINGS[number]).unwrap();
        }
        Event::Drift(number) => drift(world, number),
        Event::Broken(mishap, call, destroy) => {
            world.proxy().arm(Rule::at(call, MISHAPS[mishap].fault.clone()));
            let command = if destroy { "destroy" } else { "apply" };
            let run = world.run(&[command, "-auto-approve", "-input=false"], LIMIT).unwrap();
            assert!(run.status.is_some(), "hung: {}", run.printed);
            world.proxy().reset();
        }
        Event::Apply => succeed(world, "apply"),
        Event::Destroy => succeed(world, "destroy"),
    }
}

fn succeed(world: &World, command: &str) {
    world.proxy().reset();
    let run = world.run(&[command, "-auto-approve", "-input=false"], LIMIT).unwrap();
    assert!(run.is_success(), "a plain {command} {}:\n{}", run.ending(), run.printed);
}

/// What an undisturbed first apply makes of settings, looked up when known.
fn expected(known: &RefCell<HashMap<usize, Observed>>, world: &mut World, settings: usize) -> Observed {
    if let Some(observed) = known.borrow().get(&settings) {
        return observed.clone();
    }
    world.begin(&EMPTY).unwrap();
    std::fs::write(world.directory().join("campaign.auto.tfvars"), SETTINGS[settings]).unwrap();
    world.succeed(&APPLY).unwrap();
    let observed = world.observe().unwrap();
    known.borrow_mut().insert(settings, observed.clone());
    observed
}

#[test]
fn every_history_ends_converged() {
    let seed = how_many("UNDERPIN_SOAK_SEED", 1);
    let cases = u32::try_from(how_many("UNDERPIN_SOAK_CASES", 3)).unwrap();
    println!("soak: {cases} histories from UNDERPIN_SOAK_SEED={seed}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, max_shrink_iters: 24, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let world = RefCell::new(world(&EMPTY, Options::default()));
    let known = RefCell::new(HashMap::new());
    let checked = runner.run(&proptest::collection::vec(event(), 1..7), |events| {
        let world = &mut *world.borrow_mut();
        world.begin(&EMPTY).unwrap();
        let mut settings = 0;
        std::fs::write(world.directory().join("campaign.auto.tfvars"), SETTINGS[0]).unwrap();
        for event in events {
            happen(world, event, &mut settings);
        }
        succeed(world, "apply");
        let ended = world.observe().unwrap();
        let expected = expected(&known, world, settings);
        prop_assert_eq!(ended.difference(&expected), "");
        Ok(())
    });
    if let Err(error) = checked {
        panic!("UNDERPIN_SOAK_SEED={seed}: {error}");
    }
}
