//! `-lock-timeout`, between Terraform and underpin: who waits gets the lock when it is given back.

use std::io::Read;
use std::process::{Child, Command, Stdio};

use super::stage::{
    APPLY, BACKENDS, Waiting, command, ended, locks, run, terraform, terraform_directory, world,
};

/// Starts a command and reads until it says that it waits for the lock.
fn at_the_lock(mut command: Command) -> Child {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stdout = child.stdout.as_mut().unwrap();
    let (mut printed, mut byte) = (Vec::new(), [0]);
    while !printed.ends_with(b"This may take a few moments...") {
        assert_eq!(stdout.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&printed));
        printed.push(byte[0]);
    }
    child
}

#[test]
fn we_wait_for_terraform() {
    for backend in BACKENDS {
        let world = world(backend);
        let theirs = terraform_directory(&world, backend);
        let mut apply = terraform(&world, theirs.path());
        apply.arg("apply");
        let holder = Waiting::at_the_question(apply);
        let waiting = at_the_lock(command(&world, &[&APPLY[..], &["-lock-timeout=60s"]].concat()));
        let (good, printed) = holder.approve();
        assert!(good, "{printed}");
        let (good, printed) = ended(&waiting.wait_with_output().unwrap());
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
        let mut apply = terraform(&world, theirs.path());
        apply.args(["apply", "-auto-approve", "-lock-timeout=60s", "-no-color"]);
        let waiting = at_the_lock(apply);
        let (good, printed) = holder.answer("no");
        assert!(!good && printed.contains("Apply cancelled."), "{printed}");
        let (good, printed) = ended(&waiting.wait_with_output().unwrap());
        assert!(good && printed.contains("Apply complete! Resources: 1 added"), "{backend:?}: {printed}");
        let (_, listed) = run(&world, &["state", "list"]);
        assert_eq!(listed.trim(), "terraform_data.theirs");
        assert!(locks(&world).is_empty());
    }
}
