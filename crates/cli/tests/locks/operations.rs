//! What the record of a lock says is being done: the same words as in Terraform.

use std::sync::{Arc, Mutex};

use harness::{Backend, STATE_BUCKET, STATE_KEY, Verdict};
use serde_json::{Value, json};

use crate::support::holders::{command, ended, terraform, terraform_directory, world};

const RESOURCE: &str = r#"{"mode": "managed", "type": "terraform_data", "name": "NAME",
    "provider": "provider[\"terraform.io/builtin/terraform\"]",
    "instances": [{"schema_version": 0, "attributes": {"id": "1"}}]}"#;

#[test]
fn locks_say_what_is_done_in_terraforms_words() {
    let mut world = world(Backend::Lockfile);
    let theirs = terraform_directory(&world, Backend::Lockfile);
    let resource = |name: &str| RESOURCE.replace("NAME", name);
    let state = format!(
        r#"{{"version": 4, "serial": 1, "lineage": "l", "resources": [{}, {}]}}"#,
        resource("a"),
        resource("b")
    );
    let pushed = state.replace("\"serial\": 1", "\"serial\": 50");
    for directory in [world.directory(), theirs.path()] {
        std::fs::write(directory.join("pushed.tfstate"), &pushed).unwrap();
    }
    let lines: [&[&str]; 6] = [
        &["state", "rm", "terraform_data.a"],
        &["state", "mv", "terraform_data.b", "terraform_data.c"],
        &["state", "push", "pushed.tfstate"],
        &["workspace", "new", "-state=pushed.tfstate", "w"],
        &["workspace", "select", "default"],
        &["workspace", "delete", "-force", "w"],
    ];
    let mut said: Vec<Vec<String>> = Vec::new();
    for is_ours in [false, true] {
        let put = json!({"Bucket": STATE_BUCKET, "Key": STATE_KEY, "Body": state});
        world.aws().call("s3", "put_object", put).unwrap();
        let operations = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&operations);
        world.proxy().reset();
        world.proxy().on(move |call| {
            if call.action == "PutObject" && call.resource.ends_with(".tflock") {
                let info: Value = serde_json::from_str(&call.body).unwrap_or_default();
                record.lock().unwrap().push(info["Operation"].as_str().unwrap_or_default().to_owned());
            }
            Verdict::Pass
        });
        for line in lines {
            let mut command =
                if is_ours { command(&world, line) } else { terraform(&world, theirs.path(), line) };
            let (good, printed) = ended(&command.output().unwrap());
            assert!(good, "{line:?}: {printed}");
        }
        said.push(operations.lock().unwrap().clone());
    }
    let (theirs, ours) = (&said[0], &said[1]);
    // Terraform locks a new workspace twice, and gives the removal of one the name of another command.
    let theirs = theirs.iter().filter(|operation| *operation != "init");
    let theirs: Vec<&str> = theirs
        .map(|operation| if operation == "state-replace-provider" { "workspace-delete" } else { operation })
        .collect();
    assert_eq!(*ours, theirs);
    assert_eq!(ours.len(), 5);
}
