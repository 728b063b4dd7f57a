//! The messages of `-json` while something is really done.

use harness::World;
use serde_json::{Value, json};

use crate::support::account::{moto, run, succeed, text};

/// The messages of a run that ends with `status`; nothing else may be printed.
fn told(world: &World, arguments: &[&str], status: i32) -> Vec<Value> {
    let output = run(world, arguments);
    assert_eq!(text(&output.stderr), "", "{arguments:?}");
    let stdout = text(&output.stdout);
    assert_eq!(output.status.code(), Some(status), "{arguments:?}\n{stdout}");
    stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of_type<'a>(messages: &'a [Value], kind: &str) -> Vec<&'a Value> {
    messages.iter().filter(|message| message["type"] == kind).collect()
}

#[test]
fn apply_drift_saved_plan_and_destroy() {
    let mut world = moto();
    let applied = told(&world, &["apply", "-json", "-auto-approve"], 0);
    for kind in ["planned_change", "apply_start", "apply_complete"] {
        assert_eq!(of_type(&applied, kind).len(), 21, "{kind}");
    }
    let summaries = of_type(&applied, "change_summary");
    let operations: Vec<_> = summaries.iter().map(|summary| &summary["changes"]["operation"]).collect();
    assert_eq!(operations, ["plan", "apply"]);
    assert_eq!(summaries[1]["@message"], "Apply complete! Resources: 21 added, 0 changed, 0 destroyed.");
    let arn = succeed(&world, &["output", "-raw", "kms_key_arn"]);
    let outputs = &applied.last().unwrap()["outputs"];
    assert_eq!(outputs["kms_key_arn"], json!({"sensitive": false, "type": "string", "value": arn}));

    let unchanged = told(&world, &["plan", "-json", "-detailed-exitcode"], 0);
    for kind in ["refresh_start", "refresh_complete"] {
        assert_eq!(of_type(&unchanged, kind).len(), 21, "{kind}");
    }
    assert_eq!(of_type(&unchanged, "planned_change").len(), 0);

    let key = succeed(&world, &["output", "-raw", "kms_key_id"]);
    world.aws().call("kms", "disable_key_rotation", json!({"KeyId": key})).unwrap();
    let drifted = told(&world, &["plan", "-json", "-detailed-exitcode", "-out=plan.out"], 2);
    let drift = of_type(&drifted, "resource_drift");
    assert_eq!((drift.len(), &drift[0]["change"]["action"]), (1, &json!("update")));
    assert_eq!(drift[0]["change"]["resource"]["addr"], "aws_kms_key.main");
    let document: Value = serde_json::from_str(&succeed(&world, &["show", "-json", "plan.out"])).unwrap();
    assert_eq!(document["resource_drift"][0]["change"]["after"]["enable_key_rotation"], false);

    let mended = told(&world, &["apply", "-json", "plan.out"], 0);
    assert_eq!(of_type(&mended, "planned_change").len(), 1);
    assert_eq!(of_type(&mended, "change_summary").len(), 1, "a saved plan was counted when it was made");
    let stale = told(&world, &["apply", "-json", "plan.out"], 1);
    assert_eq!(stale.last().unwrap()["diagnostic"]["summary"], "Saved plan is stale");

    let destroyed = told(&world, &["destroy", "-json", "-auto-approve"], 0);
    let logged = of_type(&destroyed, "log");
    let said = logged.iter().filter_map(|message| message["@message"].as_str());
    let kept = said.clone().find(|said| said.starts_with("Still in AWS and in the state: "));
    assert!(kept.is_some_and(|kept| kept.contains("aws_s3_bucket.cloudtrail")), "{logged:?}");
    let last = destroyed.last().unwrap();
    assert_eq!((&last["type"], &last["changes"]["operation"]), (&json!("change_summary"), &json!("destroy")));
    let state: Value = serde_json::from_str(&succeed(&world, &["show", "-json"])).unwrap();
    assert_eq!(state["values"].get("outputs"), None);
    assert!(state["values"]["root_module"]["resources"].as_array().unwrap().len() >= 8);
}

#[test]
fn failures_are_messages_and_the_lock_is_given_back() {
    let world = moto();
    let wrong = told(&world, &["apply", "-json", "-auto-approve", "-expect-account-id=999999999999"], 1);
    let error = wrong.last().unwrap();
    assert_eq!(error["@message"], "Error: These are the credentials of another account");
    let put = |call: &harness::Entry| call.action == "PutObject" && call.status == Some(200);
    assert!(
        world.proxy().journal().iter().filter(|call| put(call)).count() <= 1,
        "only the lock was written"
    );
    assert_eq!(
        told(&world, &["plan", "-json"], 0).last().unwrap()["type"],
        "diagnostic",
        "the registry's account"
    );
}
