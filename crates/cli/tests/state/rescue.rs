//! `errored.tfstate`: the command that is printed with it brings the state back, and the next apply goes on from there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use harness::{Backend, Fault, Matching, Rule, STATE_BUCKET, STATE_KEY, When};

use crate::support::holders::{APPLY, command, ended, world};

#[test]
fn the_printed_command_brings_the_state_back() {
    // Of the objects at the state's key, the first is the lock: no state is stored, or some of its versions are.
    for (backend, first_refused) in [(Backend::Lockfile, 2), (Backend::Both, 4)] {
        let mut world = world(backend);
        let rescued = world.directory().join("errored.tfstate");
        fs::write(&rescued, "of an earlier run, open to all").unwrap();
        fs::set_permissions(&rescued, fs::Permissions::from_mode(0o644)).unwrap();
        let resource = Some(format!("{STATE_BUCKET}/{STATE_KEY}"));
        let writes = Matching { resource, ..Matching::action("s3", "PutObject") };
        world.proxy().arm(Rule::new(Fault::Refuse(403, "AccessDenied"), writes, When::From(first_refused)));
        let failed = world.run(&APPLY, Duration::from_secs(120)).unwrap();
        let hint = "underpin state push errored.tfstate";
        assert!(!failed.is_success() && failed.printed.contains(hint), "{}", failed.printed);
        assert_eq!(fs::metadata(&rescued).unwrap().permissions().mode() & 0o777, 0o600);
        world.proxy().reset();

        let words: Vec<&str> = hint.split(' ').skip(1).collect();
        let (good, printed) = ended(&command(&world, &words).output().unwrap());
        assert!(good, "{printed}");
        let (good, printed) = ended(&command(&world, &words).output().unwrap());
        assert!(!good || first_refused == 2, "a second push is one of an older state: {printed}");
        world.succeed(&APPLY).unwrap();
        let (good, printed) = ended(&command(&world, &["plan", "-detailed-exitcode"]).output().unwrap());
        assert!(good, "{printed}");
        let keys = world.aws().call("kms", "list_keys", serde_json::json!({})).unwrap();
        assert_eq!(keys["Keys"].as_array().unwrap().len(), 1);
    }
}
