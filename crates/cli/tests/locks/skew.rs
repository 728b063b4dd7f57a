//! A client whose clock is an hour off: the store's clock alone decides whether a holder on another machine is gone.

use harness::{Backend, LOCK_TABLE, STATE_BUCKET, STATE_KEY, World};
use serde_json::json;
use time::Duration;

use super::clock::{Shift, shifted};
use crate::support::holders::{APPLY, BACKENDS, TOOL, ended, locks, world};

/// A lock of underpin's own, of a process on another machine, written just now.
fn record() -> String {
    let info = "underpin host=elsewhere pid=812 renewal=3 boot=1b3fa71a-f6ee-498d-9e8d-5119e0d28289 namespace=4026531836 start=533257";
    json!({
        "ID": "875b93c4-7a34-22e3-04a0-a880c079f3e6", "Operation": "OperationTypeApply", "Info": info, "Who": "root@elsewhere",
        "Version": "1.15.5", "Created": "2026-11-22T05:29:32.523178921Z", "Path": format!("{STATE_BUCKET}/{STATE_KEY}"),
    })
    .to_string()
}

fn lock_elsewhere(world: &mut World, backend: Backend) {
    if backend != Backend::Table {
        let key = format!("{STATE_KEY}.tflock");
        world
            .aws()
            .call("s3", "put_object", json!({"Bucket": STATE_BUCKET, "Key": key, "Body": record()}))
            .unwrap();
    }
    if backend != Backend::Lockfile {
        let item = json!({"LockID": {"S": format!("{STATE_BUCKET}/{STATE_KEY}")}, "Info": {"S": record()}});
        world.aws().call("dynamodb", "put_item", json!({"TableName": LOCK_TABLE, "Item": item})).unwrap();
    }
}

#[test]
fn a_clock_that_is_an_hour_off_takes_nothing_over_too_early_or_too_late() {
    for backend in BACKENDS {
        for skew in [Duration::hours(1), Duration::hours(-1)] {
            let mut world = world(backend);
            lock_elsewhere(&mut world, backend);
            // To a client that is an hour behind, the store is an hour ahead, and the other way round.
            let run = |later: Duration, arguments: &[&str]| {
                let shift = Shift { date: skew + later, modified: skew };
                let endpoint = shifted(&world.proxy().endpoint(), shift);
                let mut command = TOOL.command(world.directory(), &endpoint).unwrap();
                ended(&command.args(arguments).output().unwrap())
            };
            let (good, printed) = run(Duration::ZERO, &APPLY);
            assert!(!good && printed.contains("root@elsewhere"), "{backend:?} {skew}: {printed}");
            let (good, printed) = run(Duration::seconds(60), &APPLY);
            assert!(!good && printed.contains("root@elsewhere"), "{backend:?} {skew}: {printed}");
            let (good, printed) = run(Duration::seconds(100), &APPLY);
            assert!(
                good && printed.contains("Took over the state lock of root@elsewhere"),
                "{backend:?} {skew}: {printed}"
            );
            assert!(printed.contains("has not renewed it for 1m"), "{printed}");
            assert!(locks(&world).is_empty());
        }
    }
}
