//! The lock between underpin and Terraform itself.

use std::process::Command;
use std::time::Duration;

use harness::{Backend, Fault, Matching, Rule, When};

use super::clock::ahead_of;
use crate::support::holders::{
    BACKENDS, TOOL, Waiting, command, ended, kinds, locks, run, terraform, terraform_directory, world,
};

#[test]
fn a_lock_of_terraform_is_never_taken_over() {
    for backend in BACKENDS {
        let world = world(backend);
        let theirs = terraform_directory(&world, backend);
        let holder = Waiting::at_the_question(terraform(&world, theirs.path(), &["apply"]));
        let held = locks(&world);
        assert_eq!(held.len(), kinds(backend), "{held:?}");
        let id = held[0]["id"].as_str().unwrap().to_owned();
        for lock in &held {
            assert_eq!((lock["holder"].as_str(), lock["id"].as_str()), (Some("unknown"), Some(id.as_str())));
            assert!(lock["underpin"].is_null() && lock["version"] == "1.15.5", "{lock}");
        }
        holder.kill();
        let endpoint = ahead_of(&world.proxy().endpoint(), Duration::from_secs(360_000));
        let mut later = TOOL.command(world.directory(), &endpoint).unwrap();
        let (good, printed) = ended(&later.args(["plan", "-lock-timeout=2s"]).output().unwrap());
        assert!(!good && printed.contains(&format!("ID:        {id}")), "{backend:?}: {printed}");
        assert!(printed.contains(&format!("underpin force-unlock {id}")), "{printed}");

        let (good, printed) = run(&world, &["force-unlock", "-force", "another"]);
        assert!(!good && printed.contains(&id), "{printed}");
        assert_eq!(locks(&world).len(), held.len());
        let (good, printed) = run(&world, &["force-unlock", "-force", &id]);
        assert!(good && printed.contains("unlocked"), "{printed}");
        assert!(locks(&world).is_empty());
        let (good, printed) = run(&world, &["plan"]);
        assert!(good, "{printed}");
    }
}

#[test]
fn terraform_respects_our_lock_shows_it_and_can_remove_it() {
    for backend in BACKENDS {
        let world = world(backend);
        let theirs = terraform_directory(&world, backend);
        let holder = Waiting::at_the_question(command(&world, &["apply"]));
        let ours = locks(&world);
        let text = |name: &str| ours[0][name].as_str().unwrap().to_owned();
        let plan = terraform(&world, theirs.path(), &["plan", "-no-color"]).output().unwrap();
        let (good, printed) = ended(&plan);
        assert!(!good && printed.contains("Error acquiring the state lock"), "{backend:?}: {printed}");
        // Terraform wraps the long line of `Info`.
        let words =
            |text: &str| text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        for (label, name) in [("ID:", "id"), ("Path:", "path"), ("Who:", "who"), ("Info:", "info")] {
            let shown = format!("{label} {}", text(name));
            assert!(words(&printed).contains(&shown), "{shown} is not in\n{printed}");
        }

        let unlock =
            terraform(&world, theirs.path(), &["force-unlock", "-force", &text("id")]).output().unwrap();
        assert!(unlock.status.success(), "{backend:?}: {:?}", ended(&unlock));
        assert!(locks(&world).is_empty());
        let (_, printed) = holder.approve();
        assert!(printed.contains("Apply complete!"), "{printed}");
        assert!(printed.contains("Somebody removed it, and nobody holds it now."), "{printed}");
    }
}

#[test]
fn a_lock_that_cannot_be_given_back_fails_the_run_as_in_terraform() {
    let backend = Backend::Lockfile;
    let world = world(backend);
    let theirs = terraform_directory(&world, backend);
    let delete = Matching::action("s3", "DeleteObject");
    world.proxy().arm(Rule::new(Fault::Refuse(403, "AccessDenied"), delete, When::Always));
    let apply = |mut command: Command| {
        ended(&command.args(["apply", "-auto-approve", "-input=false", "-no-color"]).output().unwrap())
    };
    let (good, printed) = apply(terraform(&world, theirs.path(), &[]));
    assert!(!good && printed.contains("Error releasing the state lock"), "{printed}");
    world.proxy().reset();
    let id = locks(&world)[0]["id"].as_str().unwrap().to_owned();
    run(&world, &["force-unlock", "-force", &id]);
    let delete = Matching::action("s3", "DeleteObject");
    world.proxy().arm(Rule::new(Fault::Refuse(403, "AccessDenied"), delete, When::Always));
    let (good, printed) = apply(command(&world, &[]));
    assert!(!good && printed.contains("Error releasing the state lock"), "{printed}");
}
