//! Bytes of a state: not touched without need, and nothing of anybody else's changed with need.

use std::time::Duration;

use harness::{Backend, STATE_BUCKET, STATE_KEY, Tool, World};
use serde_json::{Value, json};

use crate::offline::place::Place;
use crate::support::holders::{APPLY, ORACLES, world};

fn text(world: &mut World, backend: Backend) -> String {
    if backend == Backend::Local {
        return std::fs::read_to_string(world.directory().join("terraform.tfstate")).unwrap();
    }
    let ask = json!({"Bucket": STATE_BUCKET, "Key": STATE_KEY});
    world.aws().call("s3", "get_object", ask).unwrap()["Body"].as_str().unwrap().to_owned()
}

fn apply(world: &World, more: &[&str]) -> String {
    let run = world.run(&[&APPLY, more].concat(), Duration::from_secs(120)).unwrap();
    assert!(run.is_success(), "{}", run.printed);
    run.printed
}

#[test]
fn an_apply_without_changes_writes_nothing() {
    for backend in [Backend::Local, Backend::Lockfile, Backend::Both] {
        let mut world = world(backend);
        // A second run records what AWS says only of finished objects, such as the policies attached to a role.
        apply(&world, &[]);
        apply(&world, &[]);
        let before = text(&mut world, backend);
        let modified = |world: &World| {
            std::fs::metadata(world.directory().join("terraform.tfstate"))
                .map(|file| file.modified().unwrap())
        };
        let written = modified(&world).ok();
        world.proxy().reset();
        let printed = apply(&world, &[]);
        assert!(printed.contains("No changes."), "{printed}");
        assert_eq!(text(&mut world, backend), before);
        assert_eq!(modified(&world).ok(), written);
        let state = format!("{STATE_BUCKET}/{STATE_KEY}");
        let calls = world.proxy().journal();
        let writes = calls.iter().filter(|call| call.resource == state && call.action != "GetObject");
        assert_eq!(writes.count(), 0, "{backend:?}");
        let digests = calls.iter().filter(|call| call.action == "PutItem").count();
        assert_eq!(digests, usize::from(backend == Backend::Both), "the lock, and no digest");
    }
}

/// What other tools may have left in a state: fields of a later format, types of other providers, other modules.
fn with_foreign_parts(state: &mut Value) -> Value {
    let foreign = json!({
        "module": "module.theirs[\"a<b\"]", "mode": "managed", "type": "acme_thing", "name": "x",
        "provider": "module.theirs.provider[\"registry.terraform.io/acme/acme\"].east",
        "instances": [
            {"index_key": "k", "status": "tainted", "schema_version": 3, "attributes": {"big": 12345678901234567890123_u128 as f64, "id": "1", "z": {"b": 1, "a": null}},
             "sensitive_attributes": [[{"type": "get_attr", "value": "z"}]], "identity_schema_version": 2, "identity": {"i": "j"},
             "private": "bnVsbA==", "dependencies": ["data.acme_thing.y"], "create_before_destroy": true, "later": [1, 2]},
            {"index_key": "k", "deposed": "1bde6f07", "schema_version": 3, "attributes": {"id": "0"}, "sensitive_attributes": [], "identity_schema_version": 0},
        ],
        "later": {"n": 1.50},
    });
    state["later"] = json!({"b": [], "a": "\u{2028}<&>"});
    state["check_results"] =
        json!([{"object_kind": "check", "config_addr": "check.c", "status": "pass", "objects": null}]);
    state["outputs"]["kms_key_arn"]["later"] = json!(true);
    let resources = state["resources"].as_array_mut().unwrap();
    let key = resources.iter_mut().find(|resource| resource["type"] == "aws_kms_key").unwrap();
    key["later"] = json!("resource");
    key["instances"][0]["later"] = json!("instance");
    key["instances"][0]["private"] = json!("eyJzY2hlbWFfdmVyc2lvbiI6IjEifQ==");
    resources.push(foreign.clone());
    foreign
}

#[test]
fn what_is_not_ours_is_written_back_as_it_was() {
    let mut world = world(Backend::Lockfile);
    apply(&world, &[]);
    let mut state: Value = serde_json::from_str(&text(&mut world, Backend::Lockfile)).unwrap();
    let foreign = with_foreign_parts(&mut state);
    let body = state.to_string();
    world
        .aws()
        .call("s3", "put_object", json!({"Bucket": STATE_BUCKET, "Key": STATE_KEY, "Body": body}))
        .unwrap();
    let printed = apply(&world, &["-var=kms_deletion_window_in_days=10"]);
    assert!(printed.contains("1 changed"), "{printed}");
    let after: Value = serde_json::from_str(&text(&mut world, Backend::Lockfile)).unwrap();
    assert!(after["serial"].as_u64() > state["serial"].as_u64());
    for field in ["later", "check_results", "lineage"] {
        assert_eq!(after[field], state[field], "{field}");
    }
    assert_eq!(after["outputs"]["kms_key_arn"], state["outputs"]["kms_key_arn"]);
    let resources = after["resources"].as_array().unwrap();
    assert!(resources.contains(&foreign), "{resources:?}");
    let key = resources.iter().find(|resource| resource["type"] == "aws_kms_key").unwrap();
    assert_eq!(key["instances"][0]["attributes"]["deletion_window_in_days"], 10);
    assert_eq!((&key["later"], &key["instances"][0]["later"]), (&json!("resource"), &json!("instance")));
    assert_eq!(key["instances"][0]["private"], "eyJzY2hlbWFfdmVyc2lvbiI6IjEifQ==");
}

#[test]
fn a_state_of_terraform_survives_us_byte_for_byte() {
    let place = Place::with(&[(
        "main.tf",
        "resource \"terraform_data\" \"a\" {\n  input = { s = \"<&>\u{e9}\", n = 1.5, l = [1, true, null] }\n}\n\
         resource \"terraform_data\" \"b\" {\n  count            = 2\n  triggers_replace = [terraform_data.a.id]\n}\n\
         output \"o\" {\n  value     = terraform_data.b[*].id\n  sensitive = true\n}\n",
    )]);
    let terraform = |arguments: &[&str]| {
        let mut command =
            Tool::Terraform(ORACLES.clone()).command(place.path(), "http://127.0.0.1:9").unwrap();
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    terraform(&["init"]);
    terraform(&["apply", "-auto-approve"]);
    let path = place.path().join("terraform.tfstate");
    let before = std::fs::read_to_string(&path).unwrap();
    place.succeed(&["state", "push", "terraform.tfstate"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    assert_eq!(place.succeed(&["state", "pull"]), format!("{before}\n"));

    place.succeed(&["state", "mv", "terraform_data.a", "module.m.terraform_data.z"]);
    place.succeed(&["state", "mv", "module.m.terraform_data.z", "terraform_data.a"]);
    let state: Value = serde_json::from_str(&before).unwrap();
    let serial = |serial: u64| format!("\"serial\": {serial},");
    let counted = state["serial"].as_u64().unwrap();
    let expected = before.replacen(&serial(counted), &serial(counted + 2), 1);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
}
