//! `-lock-timeout`, between Terraform and underpin: who waits gets the lock when it is given back.

use crate::support::holders::{
    APPLY, BACKENDS, Waiting, command, locks, run, terraform, terraform_directory, world,
};

#[test]
fn we_wait_for_terraform() {
    for backend in BACKENDS {
        let world = world(backend);
        let theirs = terraform_directory(&world, backend);
        let holder = Waiting::at_the_question(terraform(&world, theirs.path(), &["apply"]));
        let waiting = Waiting::at_the_lock(command(&world, &[&APPLY[..], &["-lock-timeout=60s"]].concat()));
        let (good, printed) = holder.approve();
        assert!(good, "{printed}");
        let (good, printed) = waiting.end();
        assert!(good && printed.contains("Apply complete!"), "{backend:?}: {printed}");
        let (_, listed) = run(&world, &["state", "list"]);
        for address in ["terraform_data.theirs", "aws_cloudtrail.main"] {
            assert!(listed.contains(address), "{listed}");
        }
        assert!(locks(&world).is_empty());
    }
}

#[test]
fn terraform_waits_for_us() {
    for backend in BACKENDS {
        let world = world(backend);
        let theirs = terraform_directory(&world, backend);
        let holder = Waiting::at_the_question(command(&world, &["apply"]));
        let apply = ["apply", "-auto-approve", "-lock-timeout=60s", "-no-color"];
        let waiting = Waiting::at_the_lock(terraform(&world, theirs.path(), &apply));
        let (good, printed) = holder.answer("no");
        assert!(!good && printed.contains("Apply cancelled."), "{printed}");
        let (good, printed) = waiting.end();
        assert!(good && printed.contains("Apply complete! Resources: 1 added"), "{backend:?}: {printed}");
        let (_, listed) = run(&world, &["state", "list"]);
        assert_eq!(listed.trim(), "terraform_data.theirs");
        assert!(locks(&world).is_empty());
    }
}
