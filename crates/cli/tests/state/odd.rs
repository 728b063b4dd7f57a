//! Hostile and odd states: what is said about each, and that it stays as it is.

use std::time::Duration;

use harness::{Backend, Run, STATE_BUCKET, STATE_KEY, World};
use serde_json::{Value, json};

use crate::offline::place::Place;
use crate::support::holders::{APPLY, locks, world};

/// A small state with something of every level, as text, after a change.
fn state(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut state = json!({
        "version": 4, "terraform_version": "1.15.5", "serial": 3, "lineage": "l",
        "outputs": {"o": {"value": "v", "type": "string"}},
        "resources": [{
            "mode": "managed", "type": "aws_kms_key", "name": "main",
            "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
            "instances": [{"schema_version": 0, "attributes": {"id": "1"}, "private": "bnVsbA==", "dependencies": ["x.y"]}],
        }],
        "check_results": null,
    });
    change(&mut state);
    state.to_string().into_bytes()
}

/// States that Terraform refuses, and what is wrong with them.
fn refused() -> Vec<(&'static str, Vec<u8>)> {
    let instance = "/resources/0/instances/0";
    let set = |pointer: &str, name: &str, value: Value| {
        state(|state| {
            state.pointer_mut(pointer).unwrap()[name] = value;
        })
    };
    let whole = state(|_| {});
    let truncated = whole[..whole.len() / 2].to_vec();
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend(&whole);
    let twice = state(|state| {
        let copy = state["resources"][0].clone();
        state["resources"].as_array_mut().unwrap().push(copy);
    });
    let deep = format!("{{\"version\": 4, \"outputs\": {}", "[".repeat(100_000));
    vec![
        ("cut off", truncated),
        ("no JSON", b"resource \"x\" {}".to_vec()),
        ("not UTF-8", b"{\"version\": 4, \"lineage\": \"\xff\"}".to_vec()),
        ("a byte order mark", marked),
        ("white space", b" \n".to_vec()),
        ("a list", b"[]".to_vec()),
        ("null", b"null".to_vec()),
        ("two documents", b"{\"version\": 4} {}".to_vec()),
        ("nested without end", deep.into_bytes()),
        ("no version", b"{}".to_vec()),
        ("version 0", set("", "version", json!(0))),
        ("version 3", set("", "version", json!(3))),
        ("version 5", set("", "version", json!(5))),
        ("version as text", set("", "version", json!("4"))),
        ("serial as text", set("", "serial", json!("3"))),
        ("negative serial", set("", "serial", json!(-1))),
        ("a serial that cannot be counted up", set("", "serial", json!(u64::MAX))),
        ("lineage as number", set("", "lineage", json!(1))),
        ("a version that is none", set("", "terraform_version", json!("rust-0.1"))),
        ("outputs as list", set("", "outputs", json!([1]))),
        ("an output without type", set("/outputs/o", "type", Value::Null)),
        ("resources as object", set("", "resources", json!({}))),
        ("another mode", set("/resources/0", "mode", json!("ephemeral"))),
        ("no type", set("/resources/0", "type", Value::Null)),
        ("an instance key that is none", set(instance, "index_key", json!(true))),
        ("another status", set(instance, "status", json!("broken"))),
        ("a short deposed key", set(instance, "deposed", json!("123"))),
        ("attributes as list", set(instance, "attributes", json!([]))),
        ("a dependency with an instance key", set(instance, "dependencies", json!(["x.y[0]"]))),
        ("private that is no base64", set(instance, "private", json!("a b"))),
        ("one object twice", twice),
    ]
}

#[test]
fn what_terraform_refuses_is_refused_and_left_alone() {
    let mut shown = String::new();
    for (name, bytes) in refused() {
        let place = Place::with(&[]);
        place.succeed(&["init"]);
        let path = place.path().join("terraform.tfstate");
        std::fs::write(&path, &bytes).unwrap();
        let lines: [&[&str]; 4] = [
            &["output"],
            &["state", "list"],
            &["state", "rm", "aws_kms_key.main"],
            &["state", "push", "-force", "terraform.tfstate"],
        ];
        for line in lines {
            let printed = place.run(line);
            assert!(printed.ends_with("exit 1 -----\n"), "{name}: {printed}");
            assert!(
                !printed.contains("panicked") && !printed.contains("bug in underpin"),
                "{name}: {printed}"
            );
        }
        let printed = place.run(&["state", "rm", "aws_kms_key.main"]);
        let said = printed.split("----- stderr -----\n").nth(1).unwrap();
        shown.push_str(&format!("## {name}\n{}\n\n", said.replace("----- exit 1 -----", "").trim()));
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "{name}");
        let names = std::fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(names.count(), 2, "{name}: a refused state leaves no file behind");
    }
    insta::assert_snapshot!("refused", shown);
}

#[test]
fn what_is_refused_in_a_bucket_is_left_alone_too() {
    let mut world = world(Backend::Lockfile);
    let object = json!({"Bucket": STATE_BUCKET, "Key": STATE_KEY});
    for (name, bytes) in refused() {
        if !["cut off", "version 5", "serial as text", "one object twice"].contains(&name) {
            continue;
        }
        let text = String::from_utf8(bytes).unwrap();
        let mut put = object.clone();
        put["Body"] = json!(text);
        world.aws().call("s3", "put_object", put).unwrap();
        for line in
            [&["plan"][..], &APPLY, &["state", "rm", "aws_kms_key.main"], &["workspace", "delete", "default"]]
        {
            let run = world.run(line, Duration::from_secs(60)).unwrap();
            assert!(run.ending() == "ended with 1", "{name}: {}", run.printed);
        }
        let run = world.run(&["plan"], Duration::from_secs(60)).unwrap();
        assert!(run.printed.contains("It was left as it is."), "{name}: {}", run.printed);
        let stored = world.aws().call("s3", "get_object", object.clone()).unwrap();
        assert_eq!(stored["Body"], json!(text), "{name}");
        assert!(locks(&world).is_empty(), "{name}");
    }
}

/// Every instance of a resource type.
fn of_type<'a>(state: &'a mut Value, resource_type: &str) -> &'a mut Value {
    let resources = state["resources"].as_array_mut().unwrap();
    resources.iter_mut().find(|resource| resource["type"] == resource_type).unwrap()
}

fn each_instance(state: &mut Value, change: impl Fn(&mut Value)) {
    for resource in state["resources"].as_array_mut().unwrap() {
        resource["instances"].as_array_mut().unwrap().iter_mut().for_each(&change);
    }
}

type Change = fn(&mut Value);

/// Oddities that Terraform reads over, or has an answer to.
const TOLERATED: [(&str, Change); 21] = [
    ("a newer terraform_version", |state| state["terraform_version"] = json!("1.99.0")),
    ("no terraform_version", |state| state["terraform_version"] = Value::Null),
    ("no lineage", |state| state["lineage"] = Value::Null),
    ("unknown fields", |state| {
        state["later"] = json!([1]);
        each_instance(state, |instance| instance["later"] = json!({"a": 1}));
    }),
    ("an unknown attribute", |state| {
        of_type(state, "aws_kms_key")["instances"][0]["attributes"]["later"] = json!("x");
    }),
    ("computed attributes missing", |state| {
        let attributes =
            of_type(state, "aws_iam_role")["instances"][0]["attributes"].as_object_mut().unwrap();
        attributes.retain(|name, _| matches!(name.as_str(), "id" | "name"));
    }),
    ("a bool as text", |state| {
        of_type(state, "aws_kms_key")["instances"][0]["attributes"]["enable_key_rotation"] = json!("true");
    }),
    ("a number as text", |state| {
        of_type(state, "aws_kms_key")["instances"][0]["attributes"]["deletion_window_in_days"] = json!("7");
    }),
    ("an object for a bool", |state| {
        of_type(state, "aws_kms_key")["instances"][0]["attributes"]["enable_key_rotation"] = json!({"a": 1});
    }),
    ("a newer schema_version", |state| {
        of_type(state, "aws_kms_key")["instances"][0]["schema_version"] = json!(99);
    }),
    ("no id", |state| {
        let key = of_type(state, "aws_kms_key");
        key["instances"][0]["attributes"].as_object_mut().unwrap().remove("id");
    }),
    ("no attributes", |state| {
        of_type(state, "aws_kms_alias")["instances"][0].as_object_mut().unwrap().remove("attributes");
    }),
    ("nothing but attributes", |state| {
        each_instance(state, |instance| {
            instance.as_object_mut().unwrap().retain(|name, _| name == "attributes");
        })
    }),
    ("no outputs", |state| state["outputs"] = Value::Null),
    ("no provider", |state| of_type(state, "aws_kms_key")["provider"] = Value::Null),
    ("a provider without brackets", |state| {
        of_type(state, "aws_kms_key")["provider"] = json!("hashicorp/aws")
    }),
    ("an aliased provider", |state| {
        of_type(state, "aws_kms_key")["provider"] =
            json!("provider[\"registry.terraform.io/hashicorp/aws\"].east");
    }),
    ("a foreign resource", |state| {
        let foreign = json!({"mode": "managed", "type": "acme_thing", "name": "x",
            "provider": "provider[\"registry.terraform.io/acme/acme\"]", "instances": [{"attributes": {"id": "1"}}]});
        state["resources"].as_array_mut().unwrap().push(foreign);
    }),
    ("a tainted role", |state| of_type(state, "aws_iam_role")["instances"][0]["status"] = json!("tainted")),
    ("a deposed object", |state| {
        let role = of_type(state, "aws_iam_role");
        let mut deposed = role["instances"][0].clone();
        deposed["deposed"] = json!("1bde6f07");
        deposed["attributes"]["id"] = json!("old");
        role["instances"].as_array_mut().unwrap().push(deposed);
    }),
    ("an instance key of count", |state| {
        of_type(state, "aws_kms_alias")["instances"][0]["index_key"] = json!(0);
    }),
];

/// The lines of a plan that say what it comes to.
fn gist(run: &Run) -> String {
    let telling = |line: &&str| {
        ["Error:", "Warning:", "Plan:", "No changes.", "  + ", "  ~ ", "  - ", "  -/+ ", "  <- "]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let lines: Vec<&str> = run.printed.lines().filter(telling).take(12).collect();
    format!("{}\n{}\n", run.ending(), lines.join("\n"))
}

fn plan(world: &World) -> Run {
    world.run(&["plan", "-detailed-exitcode"], Duration::from_secs(60)).unwrap()
}

#[test]
fn what_terraform_tolerates_is_planned_with_and_left_alone() {
    let world = world(Backend::Local);
    world.succeed(&APPLY).unwrap();
    let path = world.directory().join("terraform.tfstate");
    let whole: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let mut shown = String::new();
    let output = |name: &str| whole["outputs"][name]["value"].as_str().unwrap().to_owned();
    let (key, bucket) = (output("kms_key_id"), output("cloudtrail_bucket_name"));
    for (name, change) in TOLERATED {
        let mut odd = whole.clone();
        change(&mut odd);
        let bytes = odd.to_string().into_bytes();
        std::fs::write(&path, &bytes).unwrap();
        shown.push_str(&format!("## {name}\n{}\n", gist(&plan(&world))));
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "{name}");
    }
    insta::assert_snapshot!("tolerated", shown.replace(&key, "KEY").replace(&bucket, "BUCKET"));

    // A tainted role is made anew, once.
    let mut tainted = whole.clone();
    of_type(&mut tainted, "aws_iam_role")["instances"][0]["status"] = json!("tainted");
    std::fs::write(&path, tainted.to_string()).unwrap();
    world.succeed(&APPLY).unwrap();
    assert!(plan(&world).is_success());
    assert!(!std::fs::read_to_string(&path).unwrap().contains("tainted"));

    // Five megabytes of somebody else's.
    let mut large = whole.clone();
    let foreign: Vec<Value> = (0..2500)
        .map(|number| {
            json!({"mode": "managed", "type": "acme_thing", "name": format!("x{number}"),
                "provider": "provider[\"registry.terraform.io/acme/acme\"]",
                "instances": [{"schema_version": 0, "attributes": {"id": "1", "text": "y".repeat(2000)}}]})
        })
        .collect();
    large["resources"].as_array_mut().unwrap().extend(foreign);
    let bytes = large.to_string().into_bytes();
    assert!(bytes.len() > 5_000_000);
    std::fs::write(&path, &bytes).unwrap();
    let run = plan(&world);
    assert!(run.is_success() && run.wall < Duration::from_secs(20), "{}", run.printed);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);

    // A plan of another history.
    std::fs::write(&path, whole.to_string()).unwrap();
    world.succeed(&["plan", "-out=plan.out", "-var=kms_deletion_window_in_days=9"]).unwrap();
    for (field, value, said) in [
        ("lineage", json!("another"), "Saved plan does not match the given state"),
        ("serial", json!(9999), "Saved plan is stale"),
    ] {
        let mut odd = whole.clone();
        odd[field] = value;
        std::fs::write(&path, odd.to_string()).unwrap();
        let run = world.run(&["apply", "plan.out"], Duration::from_secs(60)).unwrap();
        assert!(!run.is_success() && run.printed.contains(said), "{}", run.printed);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), odd.to_string());
    }
}
