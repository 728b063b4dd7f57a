//! `init` with another backend: what is asked, what is copied, and what stays when a copy fails.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use harness::{Backend, Fault, Matching, Rule, STATE_BUCKET, STATE_KEY, When, World};
use serde_json::{Value, json};

use crate::support::holders::{command, ended, locks, run, terraform, terraform_directory, world};

const STATE: &str = r#"{
  "version": 4,
  "terraform_version": "1.15.5",
  "serial": 7,
  "lineage": "402f7b4a-1e0b-1bb0-9e9e-e38015212974",
  "outputs": {},
  "resources": [
    {
      "mode": "managed",
      "type": "terraform_data",
      "name": "x",
      "provider": "provider[\"terraform.io/builtin/terraform\"]",
      "instances": [
        {
          "schema_version": 0,
          "attributes": {
            "id": "1"
          },
          "sensitive_attributes": [],
          "identity_schema_version": 0
        }
      ]
    }
  ],
  "check_results": null
}
"#;

const FILE: &str = "-backend-config=backend-global-production-us-east-1.hcl";
const LOCKFILE: &str = "-backend-config=use_lockfile=true";

/// Runs `init` with further arguments and an answer.
fn init(world: &World, arguments: &[&str], answer: &str) -> (bool, String) {
    let mut command = command(world, &["init"]);
    let mut child = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A run that asks nothing may have ended before it is answered.
    let _ = child.stdin.take().unwrap().write_all(answer.as_bytes());
    ended(&child.wait_with_output().unwrap())
}

fn stored(world: &mut World, key: &str) -> Option<Value> {
    let answer = world.aws().call("s3", "get_object", json!({"Bucket": STATE_BUCKET, "Key": key})).ok()?;
    serde_json::from_str(answer["Body"].as_str().unwrap()).ok()
}

fn store(world: &mut World, key: &str, state: &str) {
    world.aws().call("s3", "put_object", json!({"Bucket": STATE_BUCKET, "Key": key, "Body": state})).unwrap();
}

fn file(world: &World, name: &str) -> Option<String> {
    std::fs::read_to_string(world.directory().join(name)).ok()
}

/// The key of the backend that is recorded.
fn recorded(world: &World) -> Option<String> {
    let record: Value = serde_json::from_str(&file(world, ".terraform/terraform.tfstate")?).unwrap();
    Some(record["backend"]["config"]["key"].as_str().unwrap_or("local").to_owned())
}

/// A directory with a local state, before its first `init`.
fn fresh(backend: Backend) -> World {
    let world = world(backend);
    std::fs::remove_dir_all(world.directory().join(".terraform")).unwrap();
    std::fs::write(world.directory().join("terraform.tfstate"), STATE).unwrap();
    world
}

#[test]
fn a_local_state_is_copied_to_s3_only_after_a_yes() {
    let mut world = fresh(Backend::Lockfile);
    for (arguments, answer, said) in [
        ([FILE, LOCKFILE, "-input=false"].as_slice(), "yes\n", "interactive input is disabled"),
        (&[FILE, LOCKFILE], "", "EOF"),
        (&[FILE, LOCKFILE], "maybe\n", "Migration aborted"),
    ] {
        let (good, printed) = init(&world, arguments, answer);
        assert!(!good && printed.contains(said), "{printed}");
        assert_eq!((stored(&mut world, STATE_KEY), recorded(&world)), (None, None), "{printed}");
        assert_eq!(file(&world, "terraform.tfstate").as_deref(), Some(STATE));
    }
    let (good, printed) = init(&world, &[FILE, LOCKFILE], "no\n");
    assert!(good && printed.contains("terraform.tfstate to s3://"), "{printed}");
    assert_eq!((stored(&mut world, STATE_KEY), recorded(&world).as_deref()), (None, Some(STATE_KEY)));
    assert_eq!(file(&world, "terraform.tfstate").as_deref(), Some(STATE));

    std::fs::remove_dir_all(world.directory().join(".terraform")).unwrap();
    let (good, printed) = init(&world, &[FILE, LOCKFILE], "yes\n");
    assert!(good && printed.contains("Copied the state of the workspace \"default\"."), "{printed}");
    let state = stored(&mut world, STATE_KEY).unwrap();
    let before: Value = serde_json::from_str(STATE).unwrap();
    assert_eq!((&state["serial"], &state["resources"]), (&json!(1), &before["resources"]));
    assert_ne!(state["lineage"], before["lineage"]);
    assert_eq!(file(&world, "terraform.tfstate"), None);
    assert_eq!(file(&world, "terraform.tfstate.backup").as_deref(), Some(STATE));
    assert!(locks(&world).is_empty());

    let theirs = terraform_directory(&world, Backend::Lockfile);
    let listed = terraform(&world, theirs.path(), &["state", "list"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&listed.stdout).trim(), "terraform_data.x");
}

/// A process that holds the lock of a state file, as a run does, until it is dropped.
struct Holder(Child);

impl Holder {
    fn of(path: &Path) -> Self {
        let script = "import fcntl, sys\n\
            file = open(sys.argv[1], 'r+')\n\
            fcntl.lockf(file, fcntl.LOCK_EX)\n\
            print('held', flush=True)\n\
            sys.stdin.read()";
        let mut command = Command::new("python3");
        command.args(["-c", script]).arg(path).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut holder = Self(command.spawn().unwrap());
        let mut line = [0; 5];
        holder.0.stdout.take().unwrap().read_exact(&mut line).unwrap();
        assert_eq!(&line, b"held\n");
        holder
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        self.0.wait().unwrap();
    }
}

#[test]
fn a_file_that_somebody_works_with_is_not_removed_after_the_copy() {
    let mut world = fresh(Backend::Lockfile);
    let state = world.directory().join("terraform.tfstate");
    let second = world.directory().join("terraform.tfstate.d/w1/terraform.tfstate");
    std::fs::create_dir_all(second.parent().unwrap()).unwrap();
    std::fs::write(&second, STATE).unwrap();
    let record = r#"{"ID": "i"}"#;
    std::fs::write(second.with_file_name(".terraform.tfstate.lock.info"), record).unwrap();

    // The copy of the second workspace waits; the first is copied by then, and somebody takes up work with it.
    let other = Holder::of(&second);
    let mut command = command(&world, &["init", FILE, LOCKFILE, "-force-copy", "-lock-timeout=60s"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut waiting = Vec::new();
    while !String::from_utf8_lossy(&waiting).contains("Acquiring state lock") {
        let mut byte = [0];
        assert_eq!(child.stdout.as_mut().unwrap().read(&mut byte).unwrap(), 1);
        waiting.extend(byte);
    }
    let holder = Holder::of(&state);
    drop(other);
    let (good, printed) = ended(&child.wait_with_output().unwrap());
    assert!(good && printed.contains("The old state is still there"), "{printed}");
    assert!(printed.contains("\"default\" was copied. Its file was left"), "{printed}");
    drop(holder);
    assert_eq!(file(&world, "terraform.tfstate").as_deref(), Some(STATE));
    assert!(!second.exists());
    assert!(stored(&mut world, STATE_KEY).is_some());
    assert!(stored(&mut world, &format!("env:/w1/{STATE_KEY}")).is_some());
}

#[test]
fn a_state_goes_from_key_to_key_and_back_into_a_file() {
    let mut world = world(Backend::Both);
    store(&mut world, STATE_KEY, STATE);
    let other = "-backend-config=key=other.tfstate";
    let same = [FILE, LOCKFILE, "-backend-config=dynamodb_table=locks"];
    let with = |more: &[&'static str]| [same.as_slice(), more].concat();
    let (good, printed) = init(&world, &with(&[other]), "yes\n");
    assert!(!good && printed.contains("Backend configuration changed"), "{printed}");
    let (good, printed) = init(&world, &with(&[other, "-migrate-state", "-reconfigure"]), "");
    assert!(!good && printed.contains("mutually exclusive"), "{printed}");
    let (good, printed) = init(&world, &with(&[other, "-migrate-state"]), "yes\n");
    assert!(good, "{printed}");
    assert_eq!(recorded(&world).as_deref(), Some("other.tfstate"));
    let copied = stored(&mut world, "other.tfstate").unwrap();
    assert_eq!(stored(&mut world, STATE_KEY), serde_json::from_str(STATE).ok());
    let (good, printed) = run(&world, &["state", "list"]);
    assert!(good && printed.trim() == "terraform_data.x", "{printed}");

    // The same content is not copied again, and nothing is asked.
    let (good, printed) = init(&world, &with(&["-migrate-state"]), "");
    assert!(good && !printed.contains("Do you want"), "{printed}");
    store(
        &mut world,
        "third.tfstate",
        &STATE.replace("\"id\": \"1\"", "\"id\": \"2\"").replace(": 7,", ": 70,"),
    );
    let third = with(&["-backend-config=key=third.tfstate", "-migrate-state"]);
    let (good, printed) = init(&world, &third, "yes\n");
    assert!(good && printed.contains("THIS OVERWRITES the state that is there"), "{printed}");
    let overwritten = stored(&mut world, "third.tfstate").unwrap();
    assert_eq!((&overwritten["serial"], &overwritten["resources"]), (&json!(71), &copied["resources"]));

    let (good, printed) = init(&world, &["-backend-config=path=terraform.tfstate", "-force-copy"], "");
    assert!(good, "{printed}");
    let local: Value = serde_json::from_str(&file(&world, "terraform.tfstate").unwrap()).unwrap();
    assert_eq!(local, overwritten);
    assert_eq!(recorded(&world).as_deref(), Some("local"));
    assert!(stored(&mut world, "third.tfstate").is_some());
}

#[test]
fn a_copy_that_fails_leaves_the_old_backend_in_use() {
    let mut world = world(Backend::Lockfile);
    store(&mut world, STATE_KEY, STATE);
    let arguments = [FILE, LOCKFILE, "-backend-config=key=other.tfstate", "-force-copy"];
    let states = Matching {
        resource: Some(format!("{STATE_BUCKET}/other.tfstate")),
        ..Matching::action("s3", "PutObject")
    };
    // The first object at that key is the lock.
    world.proxy().arm(Rule::new(Fault::Refuse(403, "AccessDenied"), states.clone(), When::At(2)));
    let (good, printed) = init(&world, &arguments, "");
    assert!(!good && printed.contains("AccessDenied"), "{printed}");
    assert_eq!(recorded(&world).as_deref(), Some(STATE_KEY));
    assert_eq!(stored(&mut world, "other.tfstate"), None);
    assert_eq!(stored(&mut world, STATE_KEY), serde_json::from_str(STATE).ok());
    assert!(locks(&world).is_empty());

    world.proxy().reset();
    world.proxy().arm(Rule::new(Fault::KillAfter, states, When::At(2)));
    let mut line = vec!["init"];
    line.extend(arguments);
    let killed = world.run(&line, std::time::Duration::from_secs(60)).unwrap();
    assert_eq!(killed.ending(), "was ended by signal 9", "{}", killed.printed);
    assert_eq!(recorded(&world).as_deref(), Some(STATE_KEY));
    let (good, printed) = init(&world, &arguments, "");
    assert!(good, "{printed}");
    assert_eq!(recorded(&world).as_deref(), Some("other.tfstate"));
    let (before, after): (Value, Value) =
        (serde_json::from_str(STATE).unwrap(), stored(&mut world, "other.tfstate").unwrap());
    assert_eq!(after["resources"], before["resources"]);
}

#[test]
fn all_workspaces_are_copied_together_or_none() {
    let mut world = world(Backend::Lockfile);
    store(&mut world, STATE_KEY, STATE);
    store(&mut world, &format!("env:/w1/{STATE_KEY}"), &STATE.replace("\"x\"", "\"y\""));
    // As `..` would be, the name of no workspace: what is there is not looked at.
    store(&mut world, &format!("env:/a b/{STATE_KEY}"), STATE);
    let arguments = [FILE, LOCKFILE, "-backend-config=key=other.tfstate", "-migrate-state"];
    let (good, printed) = init(&world, &arguments, "no\n");
    assert!(!good && printed.contains("migrate all workspaces"), "{printed}");
    assert_eq!((stored(&mut world, "other.tfstate"), recorded(&world).as_deref()), (None, Some(STATE_KEY)));
    let (good, printed) = init(&world, &arguments, "yes\n");
    assert!(good, "{printed}");
    let name = |state: Option<Value>| state.unwrap()["resources"][0]["name"].clone();
    assert_eq!(name(stored(&mut world, "other.tfstate")), "x");
    assert_eq!(name(stored(&mut world, "env:/w1/other.tfstate")), "y");
    let (_, printed) = run(&world, &["workspace", "list"]);
    assert!(printed.starts_with("* default\n  w1\n"), "{printed}");
    assert_eq!(stored(&mut world, "env:/a b/other.tfstate"), None);
}

#[test]
fn a_backup_of_a_state_in_s3_is_its_owners_alone_and_a_file_of_its_own() {
    use std::os::unix::fs::MetadataExt;
    let mut world = world(Backend::Lockfile);
    store(&mut world, STATE_KEY, STATE);
    std::fs::write(world.directory().join("another"), "another").unwrap();
    let (good, printed) = run(&world, &["state", "rm", "-backup=another", "terraform_data.x"]);
    assert!(!good && printed.contains("another exists"), "{printed}");
    assert_eq!(file(&world, "another").as_deref(), Some("another"));
    let (good, printed) = run(&world, &["state", "rm", "-backup=kept", "terraform_data.x"]);
    assert!(good, "{printed}");
    assert_eq!(file(&world, "kept").as_deref(), Some(STATE));
    let kept = world.directory().join("kept");
    assert_eq!(std::fs::metadata(&kept).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn a_state_in_s3_that_is_left_behind_is_named() {
    let world = world(Backend::Lockfile);
    let (good, printed) = init(&world, &["-reconfigure", "-local"], "");
    assert!(good, "{printed}");
    assert_eq!(recorded(&world).as_deref(), Some("local"));
    assert!(printed.contains("The state is kept in this directory from now on"), "{printed}");
    assert!(printed.contains(&format!("s3://{STATE_BUCKET}/{STATE_KEY}")), "{printed}");
    let (good, printed) = init(&world, &["-reconfigure", FILE, LOCKFILE], "");
    assert!(good && !printed.contains("kept in this directory"), "{printed}");
}
