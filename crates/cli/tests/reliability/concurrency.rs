//! Many at once on one state.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use harness::{Backend, Baseline, Observed, Options, World};
use serde_json::Value;

use crate::support::worlds::{APPLY, ORACLES, REFERENCE, TOOL, world};

const SETTINGS: &str = r#"artos_ecr_aws_account         = "210987654321"
create_node_instance_profile  = true
cloudtrail_log_retention_days = 90
"#;

fn baseline(backend: Backend) -> Baseline {
    let baseline = Baseline::prepare(&ORACLES, &TOOL, backend).unwrap();
    baseline.write("campaign.auto.tfvars", SETTINGS).unwrap();
    baseline
}

fn start(world: &World, arguments: &[&str]) -> Child {
    let mut command: Command = TOOL.command(world.directory(), &world.proxy().endpoint()).unwrap();
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Runs as many at once; answers how each ended, and what it printed.
fn all_at_once(world: &World, arguments: &[&str], number: usize) -> Vec<(Option<i32>, String)> {
    let children: Vec<Child> = (0..number).map(|_| start(world, arguments)).collect();
    let waiting: Vec<_> =
        children.into_iter().map(|child| thread::spawn(move || child.wait_with_output().unwrap())).collect();
    waiting
        .into_iter()
        .map(|ended| ended.join().unwrap())
        .map(|output| {
            let streams = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
            (output.status.code(), streams.join("\n"))
        })
        .collect()
}

fn is_one_foundation(observed: &Observed, local: bool) {
    let mut expected = REFERENCE.observed.clone();
    let mut actual = observed.clone();
    for account in [&mut expected.account, &mut actual.account] {
        let state_bucket = account.pointer_mut("/buckets/artos-terraform-state/objects");
        *state_bucket.unwrap() = Value::Null;
    }
    assert_eq!(actual.account, expected.account);
    assert!(local || actual.state == expected.state, "{:#}", actual.state);
}

/// Eight at once: those that do not get the lock say so.
fn eight_end_well(backend: Backend) {
    let mut world = world(&baseline(backend), Options::default());
    let ended = all_at_once(&world, &APPLY, 8);
    let mut done = 0;
    for (code, printed) in &ended {
        match code {
            Some(0) => done += 1,
            _ => assert!(printed.contains("Error acquiring the state lock"), "{code:?}:\n{printed}"),
        }
    }
    println!("{backend:?}: {done} of 8 applied, the others were told of the lock");
    assert!(done > 0, "{ended:?}");
    is_one_foundation(&world.observe().unwrap(), backend == Backend::Local);
}

/// Eight at once that wait for each other: all end with 0.
fn eight_wait_for_each_other(backend: Backend) {
    let mut world = world(&baseline(backend), Options::default());
    let waiting = ["apply", "-auto-approve", "-input=false", "-lock-timeout=240s"];
    for (code, printed) in all_at_once(&world, &waiting, 8) {
        assert_eq!(code, Some(0), "{printed}");
    }
    is_one_foundation(&world.observe().unwrap(), backend == Backend::Local);
}

#[test]
fn eight_end_well_with_a_lock_object() {
    eight_end_well(Backend::Lockfile);
}

#[test]
fn eight_end_well_with_a_lock_table() {
    eight_end_well(Backend::Table);
}

#[test]
fn eight_end_well_with_both_locks() {
    eight_end_well(Backend::Both);
}

#[test]
fn eight_end_well_with_a_local_state() {
    eight_end_well(Backend::Local);
}

#[test]
fn eight_wait_for_each_other_with_a_lock_object() {
    eight_wait_for_each_other(Backend::Lockfile);
}

#[test]
fn without_a_lock_the_fenced_write_refuses_the_loser() {
    let mut world = world(&baseline(Backend::Lockfile), Options::default());
    let unlocked = ["apply", "-auto-approve", "-input=false", "-lock=false"];
    let ended = all_at_once(&world, &unlocked, 2);
    for (code, printed) in &ended {
        // Whoever comes a moment later may see the other's objects before its state.
        let refused = ["errored.tfstate", "written by somebody else", "exist already and are not ours"];
        let refused = refused.iter().any(|refusal| printed.contains(refusal));
        assert!(*code == Some(0) || refused, "{code:?}:\n{printed}");
    }
    println!("without a lock: {:?}", ended.iter().map(|(code, _)| code).collect::<Vec<_>>());
    world.run(&APPLY, Duration::from_secs(120)).unwrap();
    is_one_foundation(&world.observe().unwrap(), false);
}
