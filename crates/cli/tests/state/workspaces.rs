//! Workspaces, in files and in S3, and with Terraform in the same places.

use harness::{Backend, LOCK_TABLE, STATE_BUCKET, STATE_KEY, World};
use serde_json::{Value, json};

use crate::offline::place::{Place, SETTINGS};
use crate::support::holders::{run, terraform, terraform_directory, world};

const STATE: &str = r#"{"version": 4, "serial": 9, "lineage": "l", "resources": [{"mode": "managed", "type": "acme_thing",
    "name": "x", "provider": "provider[\"registry.terraform.io/acme/acme\"]", "instances": [{"attributes": {"id": "1"}}]}]}"#;

#[test]
fn workspaces_of_a_local_state() {
    let place = Place::with(&[("old.tfstate", STATE)]);
    place.succeed(&["init"]);
    let lines: [&[&str]; 18] = [
        &["workspace", "show"],
        &["workspace", "new", "w1"],
        &["workspace", "list"],
        &["workspace", "new", "w1"],
        &["workspace", "new", "a/b"],
        &["workspace", "new", "default"],
        &["workspace", "select", "nothing"],
        &["workspace", "select", "w1"],
        &["workspace", "delete", "w1"],
        &["workspace", "select", "default"],
        &["workspace", "delete", "default"],
        &["workspace", "delete", "nothing"],
        &["workspace", "delete", "w1"],
        &["workspace", "new", "-state=old.tfstate", "w2"],
        &["workspace", "select", "-or-create", "w3"],
        &["workspace", "delete", "w2"],
        &["workspace", "delete", "-force", "w2"],
        &["workspace", "list"],
    ];
    let shown: String = lines.iter().map(|line| place.run(line)).collect();
    insta::assert_snapshot!("workspaces", shown);
    assert_eq!(std::fs::read_to_string(place.path().join(".terraform/environment")).unwrap(), "w3");
    assert!(!place.path().join("terraform.tfstate.d/w2").exists());
}

#[test]
fn whoever_goes_on_with_terraform_is_told_of_the_workspace_and_of_what_is_not_in_the_module() {
    let suffix = "cloudtrail_bucket_suffix = \"7c2e91b4\"\n";
    let files = [("terraform.tfvars", SETTINGS), ("suffix.auto.tfvars", suffix), ("old.tfstate", STATE)];
    let place = Place::with(&files);
    place.succeed(&["init"]);
    let steps = |directory: &str| {
        let said = place.succeed(&["export", "terraform", "-account-id=123456789012", directory]);
        said.split_once("To go on with Terraform:\n\n").unwrap().1.to_owned()
    };
    assert_eq!(steps("a"), "  cd a\n  terraform init\n  terraform plan\n");
    place.succeed(&["workspace", "new", "w1"]);
    assert_eq!(steps("b"), "  cd b\n  terraform init\n  terraform workspace select w1\n  terraform plan\n");
    place.succeed(&["state", "push", "old.tfstate"]);
    let said = place.run(&["export", "terraform", "-account-id=123456789012", "c"]);
    assert!(said.contains("The state also records acme_thing.x. Terraform destroys what"), "{said}");
    let said = place.run(&["export", "terraform", "-account-id=123456789012", "-import-blocks", "d"]);
    assert!(!said.contains("acme_thing.x"), "{said}");
}

#[test]
fn a_workspace_goes_with_what_killed_runs_left_in_it() {
    let place = Place::with(&[]);
    place.succeed(&["init"]);
    for (state, backup) in [(None, "{}"), (Some(""), "{}"), (Some("{\"version\": 4, \"serial\": 1}"), "")] {
        place.succeed(&["workspace", "new", "w1"]);
        place.succeed(&["workspace", "select", "default"]);
        let inside = place.path().join("terraform.tfstate.d/w1");
        for (name, text) in [("terraform.tfstate", state), ("terraform.tfstate.1.backup", Some(backup))] {
            if let Some(text) = text {
                std::fs::write(inside.join(name), text).unwrap();
            }
        }
        std::fs::write(inside.join(".terraform.tfstate.lock.info"), "").unwrap();
        place.succeed(&["workspace", "delete", "w1"]);
        assert!(!inside.exists(), "{state:?}");
    }
}

#[test]
fn the_hint_names_destroy_only_where_it_would_remove_something() {
    let resource = |resource_type: &str, name: &str| {
        json!({"mode": "managed", "type": resource_type, "name": name, "instances": [{"attributes": {"id": name}}],
            "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]"})
    };
    let kept = vec![resource("aws_s3_bucket", "cloudtrail"), resource("terraform_data", "deployment")];
    let all = [kept.clone(), vec![resource("aws_iam_role", "eks_service")]].concat();
    for (resources, hint) in [
        (kept, "underpin destroy leaves all of them"),
        (all, "destroy them first: TF_WORKSPACE=w1 underpin destroy"),
    ] {
        let state = json!({"version": 4, "serial": 9, "lineage": "l", "resources": resources}).to_string();
        let place = Place::with(&[("old.tfstate", &state)]);
        place.succeed(&["init"]);
        place.succeed(&["workspace", "new", "-state=old.tfstate", "w1"]);
        place.succeed(&["workspace", "select", "default"]);
        let shown = place.run(&["workspace", "delete", "w1"]);
        assert!(shown.contains(&format!("help: {hint}; to forget them:")), "{shown}");
    }
}

#[test]
fn the_environment_selects_before_the_file() {
    let place = Place::with(&[("terraform.tfvars", SETTINGS)]);
    place.succeed(&["init"]);
    place.succeed(&["workspace", "new", "w1"]);
    let place = place.set("TF_WORKSPACE", "w2");
    let lines: [&[&str]; 5] = [
        &["workspace", "show"],
        &["workspace", "list"],
        &["workspace", "select", "w1"],
        &["workspace", "new", "w4"],
        &["workspace", "delete", "w1"],
    ];
    let shown: String = lines.iter().map(|line| place.run(line)).collect();
    insta::assert_snapshot!("workspace_of_the_environment", shown);
}

fn objects(world: &mut World) -> Vec<String> {
    let listed = world.aws().call("s3", "list_objects_v2", json!({"Bucket": STATE_BUCKET})).unwrap();
    let contents = listed["Contents"].as_array().cloned().unwrap_or_default();
    contents.iter().map(|object| object["Key"].as_str().unwrap().to_owned()).collect()
}

fn items(world: &mut World) -> Vec<String> {
    let scanned = world.aws().call("dynamodb", "scan", json!({"TableName": LOCK_TABLE})).unwrap();
    let items = scanned["Items"].as_array().unwrap();
    items.iter().map(|item| item["LockID"]["S"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_workspace_in_s3_is_one_to_terraform_too() {
    let mut world = world(Backend::Both);
    let (good, printed) = run(&world, &["workspace", "new", "w1"]);
    assert!(good, "{printed}");
    let key = format!("env:/w1/{STATE_KEY}");
    assert_eq!(objects(&mut world), [key.as_str()]);
    assert_eq!(items(&mut world), [format!("{STATE_BUCKET}/{key}-md5")]);
    let stored = world.aws().call("s3", "get_object", json!({"Bucket": STATE_BUCKET, "Key": key})).unwrap();
    let state: Value = serde_json::from_str(stored["Body"].as_str().unwrap()).unwrap();
    assert_eq!((&state["serial"], &state["resources"]), (&json!(1), &json!([])));

    let theirs = terraform_directory(&world, Backend::Both);
    let terraform = |arguments: &[&str]| {
        let output = terraform(&world, theirs.path(), arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(terraform(&["workspace", "select", "w1"]).contains("Switched to workspace"));
    terraform(&["apply", "-auto-approve", "-no-color"]);
    terraform(&["workspace", "new", "w2"]);
    let (_, printed) = run(&world, &["workspace", "list"]);
    assert!(printed.starts_with("  default\n* w1\n  w2\n"), "{printed}");
    let (_, printed) = run(&world, &["state", "list"]);
    assert_eq!(printed.trim(), "terraform_data.theirs");

    let (good, printed) = run(&world, &["workspace", "delete", "w1"]);
    assert!(!good && printed.contains("select another first"), "{printed}");
    assert!(run(&world, &["workspace", "select", "default"]).0);
    let (good, printed) = run(&world, &["workspace", "delete", "w1"]);
    assert!(!good && printed.contains("terraform_data.theirs"), "{printed}");
    for line in [["workspace", "delete", "-force", "w1"].as_slice(), &["workspace", "delete", "w2"]] {
        let (good, printed) = run(&world, line);
        assert!(good, "{printed}");
    }
    assert_eq!((objects(&mut world), items(&mut world)), (Vec::new(), Vec::new()));
}
