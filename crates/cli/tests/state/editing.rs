//! `state rm`, `mv` and `push`, on the same state and by the same commands as Terraform.

use std::path::Path;
use std::process::Stdio;

use harness::Tool;
use serde_json::{Value, json};

use crate::offline::place::Place;
use crate::support::holders::ORACLES;

const BUILTIN: &str = "provider[\"terraform.io/builtin/terraform\"]";

/// A state with resources of every form, of a provider that both programs know.
fn sample() -> Value {
    let object = |id: &str| json!({"id": id, "input": null, "output": null, "triggers_replace": null});
    let instance = |key: Value, id: &str| {
        let mut instance = json!({"schema_version": 0, "attributes": object(id), "sensitive_attributes": [],
            "identity_schema_version": 0});
        if !key.is_null() {
            instance["index_key"] = key;
        }
        instance
    };
    let resource = |module: Option<&str>, name: &str, instances: Vec<Value>| {
        let mut resource = json!({"mode": "managed", "type": "terraform_data", "name": name,
            "provider": BUILTIN, "instances": instances});
        if let Some(module) = module {
            resource["module"] = module.into();
        }
        resource
    };
    json!({
        "version": 4, "terraform_version": "1.15.5", "serial": 6, "lineage": "61e0a576-7a41-43cf-cf91-2ee29ab3ff4c",
        "outputs": {"o": {"value": "1", "type": "string"}},
        "resources": [
            resource(None, "a", vec![instance(Value::Null, "a")]),
            resource(None, "c", vec![instance(json!(0), "c0"), instance(json!(1), "c1")]),
            resource(None, "f", vec![instance(json!("k"), "fk"), instance(json!("l"), "fl")]),
            resource(Some("module.m"), "a", vec![instance(Value::Null, "ma")]),
            resource(Some("module.n[0]"), "a", vec![instance(Value::Null, "na")]),
            resource(Some("module.n[0].module.o"), "a", vec![instance(Value::Null, "noa")]),
        ],
        "check_results": null,
    })
}

/// What a state holds: its serial, its lineage, and the id at each address.
fn content(directory: &Path) -> Value {
    let text = std::fs::read_to_string(directory.join("terraform.tfstate")).unwrap();
    let state: Value = serde_json::from_str(&text).unwrap();
    let mut objects: Vec<String> = Vec::new();
    for resource in state["resources"].as_array().unwrap() {
        for instance in resource["instances"].as_array().unwrap() {
            let part = |name: &str| resource[name].as_str().unwrap_or_default().to_owned();
            let (key, id) = (&instance["index_key"], &instance["attributes"]["id"]);
            objects.push(format!("{}/{}[{key}] = {id}", part("module"), part("name")));
        }
    }
    json!({"serial": state["serial"], "lineage": state["lineage"], "outputs": state["outputs"], "objects": objects})
}

fn succeeds(mut command: std::process::Command) -> (bool, String) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A directory of Terraform's and one of ours with the same state and the same files.
fn twins(files: &[(&str, &Value)]) -> (tempfile::TempDir, Place) {
    let theirs = tempfile::tempdir().unwrap();
    let ours = Place::with(&[]);
    for (name, document) in files {
        for directory in [theirs.path(), ours.path()] {
            std::fs::write(directory.join(name), serde_json::to_string_pretty(document).unwrap()).unwrap();
        }
    }
    ours.succeed(&["init"]);
    (theirs, ours)
}

/// Runs a line in both, and compares whether it succeeds and what the state holds then.
fn compare(theirs: &Path, ours: &Place, line: &[&str]) {
    let mut terraform = Tool::Terraform(ORACLES.clone()).command(theirs, "http://127.0.0.1:9").unwrap();
    terraform.args(line);
    let (expected, said) = succeeds(terraform);
    let (good, printed) = succeeds(ours.command(line));
    assert_eq!(good, expected, "{line:?}\nTerraform: {said}\nunderpin: {printed}");
    assert_eq!(content(ours.path()), content(theirs), "{line:?}");
}

#[test]
fn the_same_lines_do_the_same_as_in_terraform() {
    let (theirs, ours) = twins(&[("terraform.tfstate", &sample())]);
    let lines: [&[&str]; 17] = [
        &["state", "rm", "-dry-run", "terraform_data.a"],
        &["state", "mv", "-dry-run", "terraform_data.a", "terraform_data.b"],
        &["state", "mv", "terraform_data.a", "terraform_data.b"],
        &["state", "mv", "terraform_data.a", "terraform_data.z"],
        &["state", "mv", "terraform_data.b", "aws_kms_key.b"],
        &["state", "mv", "terraform_data.b", "data.terraform_data.b"],
        &["state", "mv", "terraform_data.f", "terraform_data.h[0]"],
        &["state", "mv", "terraform_data.c[0]", "terraform_data.f[\"k\"]"],
        &["state", "mv", "terraform_data.c[0]", "terraform_data.f[\"q\"]"],
        &["state", "mv", "terraform_data.b", "terraform_data.c"],
        &["state", "mv", "terraform_data.f", "module.p.terraform_data.g"],
        &["state", "mv", "module.m", "module.p.module.deep[0]"],
        &["state", "mv", "module.n[0]", "terraform_data.x"],
        &["state", "rm", "terraform_data.nothing"],
        &["state", "rm", "module.n", "terraform_data.nothing"],
        &["state", "rm", "nonsense"],
        &["state", "rm", "-backup=kept", "module.p.terraform_data.g[\"l\"]", "terraform_data.c"],
    ];
    for line in lines {
        compare(theirs.path(), &ours, line);
    }
    assert!(ours.path().join("kept").exists());
}

#[test]
fn a_push_is_refused_where_terraform_refuses_it() {
    let changed = |change: fn(&mut Value)| {
        let mut state = sample();
        change(&mut state);
        state
    };
    let older = changed(|state| state["serial"] = 5.into());
    let other = changed(|state| state["outputs"]["o"]["value"] = "2".into());
    let newer = changed(|state| (state["serial"], state["outputs"]["o"]["value"]) = (9.into(), "3".into()));
    let alien = changed(|state| (state["serial"], state["lineage"]) = (30.into(), "another".into()));
    let future = changed(|state| state["version"] = 5.into());
    let (theirs, ours) = twins(&[
        ("terraform.tfstate", &sample()),
        ("same", &sample()),
        ("older", &older),
        ("other", &other),
        ("newer", &newer),
        ("alien", &alien),
        ("future", &future),
    ]);
    for name in ["same", "older", "other", "newer", "alien", "future", "missing"] {
        compare(theirs.path(), &ours, &["state", "push", name]);
    }
    assert_eq!(content(ours.path())["serial"], 10);
    std::fs::remove_file(ours.path().join("terraform.tfstate")).unwrap();
    std::fs::remove_file(theirs.path().join("terraform.tfstate")).unwrap();
    compare(theirs.path(), &ours, &["state", "push", "alien"]);

    let mut piped = ours.command(&["state", "push", "-force", "-"]);
    let input = std::fs::File::open(ours.path().join("older")).unwrap();
    assert!(piped.stdin(input).status().unwrap().success());
    assert_eq!(content(ours.path())["objects"], content(theirs.path())["objects"]);
    assert_eq!(content(ours.path())["lineage"], sample()["lineage"]);
}

#[test]
fn every_edit_leaves_a_backup_of_its_own() {
    let place = Place::with(&[("terraform.tfstate", &sample().to_string())]);
    for address in ["terraform_data.a", "terraform_data.c[0]", "terraform_data.c[1]"] {
        place.succeed(&["state", "rm", address]);
    }
    let names = std::fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let backups: Vec<_> = names.filter(|name| name.to_str().unwrap().ends_with(".backup")).collect();
    assert_eq!(backups.len(), 3, "{backups:?}");
    for name in &backups {
        use std::os::unix::fs::MetadataExt;
        assert_eq!(std::fs::metadata(place.path().join(name)).unwrap().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_backup_is_never_written_over_another_file() {
    let place = Place::with(&[("terraform.tfstate", &sample().to_string()), ("kept", "another")]);
    for line in [
        ["state", "rm", "-backup=kept", "terraform_data.a"].as_slice(),
        &["state", "mv", "-backup=kept", "terraform_data.a", "terraform_data.b"],
    ] {
        let shown = place.run(line);
        assert!(shown.contains("help: name one that does not exist yet"), "{shown}");
        assert!(shown.ends_with("exit 1 -----\n"), "{shown}");
    }
    assert_eq!(std::fs::read_to_string(place.path().join("kept")).unwrap(), "another");
    let state = std::fs::read_to_string(place.path().join("terraform.tfstate")).unwrap();
    assert_eq!(state, sample().to_string());
}

/// A state with the deployment's record and two resources of the foundation.
fn foundation() -> String {
    let resource = |resource_type: &str, name: &str, provider: &str| {
        json!({"mode": "managed", "type": resource_type, "name": name, "provider": provider,
            "instances": [{"schema_version": 0, "attributes": {"id": name}}]})
    };
    let aws = "provider[\"registry.terraform.io/hashicorp/aws\"]";
    json!({"version": 4, "serial": 3, "lineage": "l", "resources": [
        resource("aws_iam_role", "eks_service", aws),
        resource("aws_kms_key", "main", aws),
        resource("aws_kms_key", "other", aws),
        resource("terraform_data", "deployment", BUILTIN),
    ]})
    .to_string()
}

#[test]
fn the_foundation_is_not_forgotten_unawares() {
    let place = Place::with(&[("terraform.tfstate", &foundation())]);
    let lines: [&[&str]; 9] = [
        &["state", "rm", "terraform_data.deployment"],
        &["state", "mv", "terraform_data.deployment", "terraform_data.kept"],
        &["state", "mv", "terraform_data.deployment", "terraform_data.deployment[\"a\"]"],
        &["state", "mv", "aws_kms_key.main", "aws_kms_key.mine"],
        &["state", "mv", "aws_kms_key.other", "aws_kms_key.main"],
        &["state", "rm", "aws_iam_role.eks_service"],
        &["state", "rm"],
        &["state", "rm", "terraform_data.deployment", "aws_kms_key.main"],
        &["state", "list"],
    ];
    let shown: String = lines.iter().map(|line| place.run(line)).collect();
    insta::assert_snapshot!("edits_of_the_foundation", shown);
}

#[test]
fn a_push_does_not_lose_the_identity_unawares() {
    let place = Place::with(&[("terraform.tfstate", &foundation())]);
    let mut without: Value = serde_json::from_str(&foundation()).unwrap();
    without["serial"] = 4.into();
    without["resources"].as_array_mut().unwrap().retain(|resource| resource["name"] != "deployment");
    std::fs::write(place.path().join("without"), without.to_string()).unwrap();
    let refused = place.run(&["state", "push", "without"]);
    assert!(refused.contains("The identity of the foundation would be lost"), "{refused}");
    assert!(refused.contains("underpin state push -force PATH"), "{refused}");
    assert_eq!(content(place.path())["serial"], 3);
    place.succeed(&["state", "push", "-force", "without"]);
    assert_eq!(content(place.path())["serial"], 5);
}

#[test]
fn a_backup_does_not_take_the_place_of_the_state() {
    let place = Place::with(&[("terraform.tfstate", &foundation())]);
    let refused = place.run(&["state", "rm", "-backup=./terraform.tfstate", "aws_kms_key.other"]);
    assert!(refused.contains("./terraform.tfstate exists"), "{refused}");
    assert_eq!(content(place.path())["serial"], 3);
    assert_eq!(std::fs::read_to_string(place.path().join("terraform.tfstate")).unwrap(), foundation());
    place.succeed(&["state", "rm", "-backup=kept", "aws_kms_key.other"]);
    assert_eq!(content(place.path())["serial"], 4);
    assert_eq!(std::fs::read_to_string(place.path().join("kept")).unwrap(), foundation());
}
