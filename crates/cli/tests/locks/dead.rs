//! Locks of underpin's own whose holder is dead, or as good as dead.

use std::time::Duration;

use harness::{Backend, Fault, LOCK_TABLE, Matching, Rule, STATE_BUCKET, STATE_KEY, When};
use rustix::process::Signal;
use serde_json::json;

use super::clock::ahead_of;
use crate::support::holders::{APPLY, BACKENDS, TOOL, Waiting, command, ended, kinds, locks, run, world};

#[test]
fn the_next_apply_takes_over_from_a_holder_that_was_killed() {
    for backend in BACKENDS {
        let world = world(backend);
        let holder = Waiting::at_the_question(command(&world, &["apply"]));
        let pid = holder.id();
        let held = locks(&world);
        assert_eq!(held.len(), kinds(backend), "{held:?}");
        assert!(
            held.iter().all(|lock| lock["holder"] == "alive" && lock["underpin"]["pid"] == pid),
            "{held:?}"
        );
        let (good, printed) = run(&world, &["plan"]);
        assert!(!good && printed.contains("The holder is alive."), "{printed}");

        holder.kill();
        assert!(locks(&world).iter().all(|lock| lock["holder"] == "dead"));
        let (good, printed) = run(&world, &APPLY);
        assert!(good && printed.contains("Took over the state lock"), "{backend:?}: {printed}");
        assert!(printed.contains(&format!("its process {pid} on this machine has ended")), "{printed}");
        assert!(locks(&world).is_empty());
        let (good, printed) = run(&world, &["plan", "-detailed-exitcode"]);
        assert!(good && !printed.contains("Took over"), "{printed}");
    }
}

#[test]
fn a_holder_that_was_paused_for_longer_than_its_lease_does_not_win() {
    for backend in BACKENDS {
        let mut world = world(backend);
        let holder = Waiting::at_the_question(command(&world, &["apply"]));
        // Who looks first begins the lease of an item that was not renewed yet.
        let (good, printed) = run(&world, &["plan"]);
        assert!(!good && printed.contains("The holder is alive."), "{printed}");
        holder.signal(Signal::STOP);

        let endpoint = ahead_of(&world.proxy().endpoint(), Duration::from_secs(100));
        let later = |arguments: &[&str]| {
            let mut command = TOOL.command(world.directory(), &endpoint).unwrap();
            ended(&command.args(arguments).output().unwrap())
        };
        let (good, printed) = later(&["lock", "status"]);
        assert!(good && printed.contains("The holder has not renewed it for 1m"), "{printed}");
        let (good, printed) = later(&APPLY);
        assert!(good && printed.contains("Took over the state lock"), "{backend:?}: {printed}");

        let made = world.observe().unwrap();
        holder.signal(Signal::CONT);
        let (good, printed) = holder.approve();
        assert!(!good && printed.contains("The state lock was lost during this run"), "{printed}");
        assert_eq!(world.observe().unwrap().difference(&made), "", "the paused run changed something");
        assert!(locks(&world).is_empty());
        let (good, printed) = run(&world, &["plan", "-detailed-exitcode"]);
        assert!(good, "{printed}");
    }
}

#[test]
fn a_state_whose_writer_died_before_its_digest_is_taken_as_it_is() {
    for backend in [Backend::Table, Backend::Both] {
        let mut world = world(backend);
        // The first item is the lock, the second the digest of the first state.
        let digest = Rule::new(Fault::KillBefore, Matching::action("dynamodb", "PutItem"), When::At(2));
        world.proxy().arm(digest);
        let killed = world.run(&APPLY, Duration::from_secs(120)).unwrap();
        assert_eq!(killed.ending(), "was ended by signal 9", "{}", killed.printed);
        let item = json!({"LockID": {"S": format!("{STATE_BUCKET}/{STATE_KEY}-md5")}});
        let ask = json!({"TableName": LOCK_TABLE, "Key": item});
        let recorded = world.aws().call("dynamodb", "get_item", ask).unwrap();
        assert!(recorded.get("Item").is_none(), "{recorded}");
        let wrong = json!({"LockID": item["LockID"], "Digest": {"S": "00000000000000000000000000000000"}});
        world.aws().call("dynamodb", "put_item", json!({"TableName": LOCK_TABLE, "Item": wrong})).unwrap();

        let again = world.run(&APPLY, Duration::from_secs(120)).unwrap();
        assert!(
            again.is_success() && again.printed.contains("Took over the state lock"),
            "{}",
            again.printed
        );
        let (good, printed) = run(&world, &["plan", "-detailed-exitcode"]);
        assert!(good, "{backend:?}: {printed}");
    }
}

#[test]
fn a_run_that_waits_takes_over_when_the_holder_dies() {
    let world = world(BACKENDS[0]);
    let holder = Waiting::at_the_question(command(&world, &["apply"]));
    let mut waiting = command(&world, &["apply", "-auto-approve", "-input=false", "-lock-timeout=120s"]);
    let waiting = waiting.stdout(std::process::Stdio::piped()).spawn().unwrap();
    holder.kill();
    let (good, printed) = ended(&waiting.wait_with_output().unwrap());
    assert!(good && printed.contains("Took over the state lock"), "{printed}");
}
