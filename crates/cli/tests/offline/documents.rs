//! JSON that other tools read, where no AWS is needed: `show -json`, and the messages of `plan -json`.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::place::Place;

const OFFLINE: [&str; 3] = ["plan", "-offline", "-account-id=123456789012"];

/// The messages on stdout; nothing else may be there.
fn messages(place: &Place, arguments: &[&str], status: i32) -> Vec<Value> {
    let output = place.command(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn types(messages: &[Value]) -> Vec<&str> {
    let mut types: Vec<&str> = messages.iter().map(|message| message["type"].as_str().unwrap()).collect();
    types.dedup();
    types
}

#[test]
fn a_plan_is_told_in_messages() {
    let place = Place::of_example();
    let told = messages(&place, &[&OFFLINE[..], &["-json", "-detailed-exitcode"]].concat(), 2);
    assert_eq!(
        types(&told),
        ["version", "log", "planned_change", "permission_changes", "change_summary", "outputs", "diagnostic"]
    );
    assert_eq!((&told[0]["terraform"], &told[0]["ui"]), (&Value::from("1.15.5"), &Value::from("1.3")));
    let planned = told.iter().filter(|message| message["type"] == "planned_change").count();
    let summary = told.iter().find(|message| message["type"] == "change_summary").unwrap();
    assert_eq!((planned, &summary["changes"]["add"]), (21, &Value::from(21)));
    assert_eq!(summary["@message"], "Plan: 21 to add, 0 to change, 0 to destroy.");
    let warning = told.last().unwrap();
    assert_eq!((&warning["@level"], &warning["diagnostic"]["severity"]), (&"warn".into(), &"warning".into()));
    for message in &told {
        let time = message["@timestamp"].as_str().unwrap();
        assert_eq!(
            (time.len(), time.ends_with('Z'), &message["@module"]),
            (27, true, &"terraform.ui".into())
        );
    }
}

#[test]
fn errors_are_messages_too() {
    let place = Place::of_example();
    let lines: [(&[&str], &str); 6] = [
        (&["apply", "-json"], "Plan file or auto-approve required"),
        (&["destroy", "-json"], "Plan file or auto-approve required"),
        (&["plan", "-json", "-nosuch"], "Failed to parse command-line flags"),
        (&["plan", "-json"], "Backend initialization required, please run \"underpin init\""),
        (&["apply", "-json", "nofile"], "Backend initialization required, please run \"underpin init\""),
        (&["plan", "-json", "-var=environment=-"], "Invalid value for input variable"),
    ];
    for (line, summary) in lines {
        let told = messages(&place, line, 1);
        assert_eq!(types(&told), ["version", "diagnostic"], "{line:?}");
        let error = told.last().unwrap();
        assert_eq!(error["diagnostic"]["summary"], summary, "{line:?}");
        assert_eq!(error["@level"], "error");
    }
    let told = messages(&place, &["plan", "-json", "-var=environment=-"], 1);
    let range = &told[1]["diagnostic"]["range"];
    assert_eq!(range["filename"], "-var environment");
}

#[test]
fn a_saved_plan_is_a_document_and_an_offline_one_cannot_be_applied() {
    let place = Place::of_example();
    let saved = place.succeed(&[&OFFLINE[..], &["-out=plan.out"]].concat());
    assert!(saved.ends_with("\nSaved the plan, for underpin show and not for apply: plan.out\n"), "{saved}");
    let mode = std::fs::metadata(place.path().join("plan.out")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = place.succeed(&["show", "-json", "plan.out"]);
    assert_eq!(text.lines().count(), 1, "terraform-compliance reads one line");
    let document: Value = serde_json::from_str(&text).unwrap();
    let version = &document["variables"]["terraform_state_bucket"]["value"];
    assert_eq!((&document["format_version"], version), (&"1.2".into(), &"artos-terraform-state".into()));
    assert!(place.succeed(&["show", "plan.out"]).contains("Plan: 21 to add"));
    place.succeed(&["init"]);
    let refused = place.run(&["apply", "plan.out"]);
    assert!(refused.contains("Error: A plan made with -offline cannot be applied"), "{refused}");
}

#[test]
fn states_are_documents() {
    let state = include_str!("../../../terraform/tests/data/state-1.15.json");
    let place = Place::with(&[("other.tfstate", state)]);
    let document: Value = serde_json::from_str(&place.succeed(&["show", "-json", "other.tfstate"])).unwrap();
    let text = place.run(&["show", "-json", "other.tfstate"]);
    assert!(text.contains(r#"{"format_version":"1.0","terraform_version":"#), "{text}");
    let resources = document["values"]["root_module"]["resources"].as_array().unwrap();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for resource in resources {
        assert_eq!(names(resource)[..4], ["address", "mode", "type", "name"], "{resource}");
    }
    place.succeed(&["init"]);
    assert_eq!(place.succeed(&["show", "-json"]), "{\"format_version\":\"1.0\"}\n");
    assert_eq!(place.succeed(&["output", "-json"]), "{}\n");
}
