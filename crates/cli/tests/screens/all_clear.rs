//! An all-clear is given only where all is clear: what was looked at is named, and what could not be looked at fails.

use std::collections::BTreeMap;

use harness::{Answer, STATE_BUCKET, STATE_KEY, Verdict, World};
use serde_json::{Value, json};

use crate::support::account::{moto, refuse, run, succeed, text};

const ID: &str = "875b93c4-7a34-22e3-04a0-a880c079f3e6";

fn put_lock(world: &mut World, workspace: Option<&str>, body: &str) {
    let prefix = workspace.map(|name| format!("env:/{name}/")).unwrap_or_default();
    let key = format!("{prefix}{STATE_KEY}.tflock");
    world.aws().call("s3", "put_object", json!({"Bucket": STATE_BUCKET, "Key": key, "Body": body})).unwrap();
}

fn lock(info: &str) -> String {
    json!({
        "ID": ID, "Operation": "OperationTypeApply", "Info": info, "Who": "root@runner-7", "Version": "1.15.5",
        "Created": "2026-11-22T05:29:32.523178921Z", "Path": format!("{STATE_BUCKET}/{STATE_KEY}"),
    })
    .to_string()
}

#[test]
fn a_script_that_asks_for_an_output_gets_a_value_or_a_failure() {
    let world = moto();
    for line in [
        &["output", "-raw", "kms_key_arn"][..],
        &["output", "kms_key_arn"],
        &["output", "-json", "kms_key_arn"],
    ] {
        let output = run(&world, line);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""), "{line:?}");
        assert!(text(&output.stderr).contains("Output \"kms_key_arn\" not found"), "{line:?}");
    }
    assert_eq!(succeed(&world, &["output", "-json"]).trim(), "{}");
    assert!(succeed(&world, &["output"]).contains("No outputs found"));
}

#[test]
fn a_lock_is_looked_for_where_it_is() {
    let mut world = moto();
    let nowhere =
        refuse(&world, &["force-unlock", "-force", ID], &["(workspace default)", "no other workspace"]);
    assert!(nowhere.contains(&format!("s3://{STATE_BUCKET}/{STATE_KEY}")), "{nowhere}");
    put_lock(&mut world, Some("prod"), &lock(""));
    let command = format!("TF_WORKSPACE=prod underpin force-unlock {ID}");
    refuse(
        &world,
        &["force-unlock", "-force", ID],
        &["(workspace default)", "the workspace `prod` is", &command],
    );
    let free = succeed(&world, &["lock", "status"]);
    assert!(
        free.contains(&format!(
            "Nobody holds a lock on the state s3://{STATE_BUCKET}/{STATE_KEY} (workspace default)"
        )),
        "{free}"
    );
}

#[test]
fn a_lock_record_that_cannot_be_read_can_be_removed() {
    for body in ["not json", "", "{}", "[1]"] {
        let mut world = moto();
        put_lock(&mut world, None, body);
        let command = "underpin force-unlock unreadable";
        refuse(&world, &["plan"], &["Error acquiring the state lock", command]);
        assert!(succeed(&world, &["lock", "status"]).contains("The record cannot be read."), "{body}");
        refuse(&world, &["force-unlock", "-force", ID], &["The lock record cannot be read", command]);
        succeed(&world, &["force-unlock", "-force", "unreadable"]);
        assert!(succeed(&world, &["lock", "status"]).contains("Nobody holds a lock"), "{body}");
        refuse(&world, &["force-unlock", "-force", "unreadable"], &["not locked with the id unreadable"]);
    }
}

#[test]
fn of_a_holder_elsewhere_nobody_says_that_it_is_alive() {
    let mut world = moto();
    put_lock(&mut world, None, &lock("underpin host=runner-7 pid=18491 renewal=0"));
    let status = succeed(&world, &["lock", "status"]);
    assert!(status.contains("was last heard of") && status.contains("it is free in"), "{status}");
    assert!(!status.contains("alive"), "{status}");
    let shown: Value = serde_json::from_str(&succeed(&world, &["lock", "status", "-json"])).unwrap();
    assert_eq!(shown["locks"][0]["holder"], "unknown");
    assert!(shown["locks"][0]["free_after_seconds"].as_u64().is_some_and(|seconds| seconds <= 90), "{shown}");
    let refused = refuse(&world, &["plan"], &["was last heard of", "-lock-timeout=5m"]);
    assert!(refused.lines().count() <= 12, "{refused}");
}

#[test]
fn a_backend_that_takes_no_lock_says_so() {
    let world = moto();
    let file = format!("-backend-config={}", "backend-global-production-us-east-1.hcl");
    let initialized = succeed(&world, &["init", "-input=false", "-reconfigure", &file]);
    assert!(initialized.contains("No lock is taken"), "{initialized}");
    let status = succeed(&world, &["lock", "status"]);
    assert!(status.contains("No lock is taken") && status.contains("use_lockfile = true"), "{status}");
    let shown: Value = serde_json::from_str(&succeed(&world, &["lock", "status", "-json"])).unwrap();
    assert_eq!((&shown["takes_locks"], &shown["workspace"]), (&json!(false), &json!("default")));
    refuse(&world, &["force-unlock", "-force", ID], &["This backend takes no lock"]);
}

#[test]
fn workspaces_that_cannot_be_listed_are_not_none() {
    let world = moto();
    world.proxy().on(|call| match call.action.as_str() {
        "ListObjectsV2" | "ListObjects" => Verdict::Answer(Answer::error(call, 403, "AccessDenied")),
        _ => Verdict::Pass,
    });
    let refused = refuse(&world, &["workspace", "list"], &["Access denied to s3:ListObjectsV2"]);
    assert!(!refused.contains("* default"), "{refused}");
    assert_eq!(text(&run(&world, &["workspace", "list"]).stdout), "");
    // As in Terraform, who may not list works in the default workspace.
    succeed(&world, &["workspace", "select", "default"]);
    succeed(&world, &["plan"]);
}

#[test]
fn a_plan_that_read_nothing_says_so() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let key = succeed(&world, &["output", "-raw", "kms_key_id"]);
    world.aws().call("kms", "disable_key_rotation", json!({"KeyId": key})).unwrap();
    let blind = succeed(&world, &["plan", "-refresh=false"]);
    assert!(blind.contains("AWS was not read (-refresh=false)"), "{blind}");
    assert!(!blind.contains("Your infrastructure matches"), "{blind}");
    assert!(succeed(&world, &["plan"]).contains("1 to change"));
}

#[test]
fn a_plan_of_some_says_nothing_of_the_rest() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let key = succeed(&world, &["output", "-raw", "kms_key_id"]);
    world.aws().call("kms", "disable_key_rotation", json!({"KeyId": key})).unwrap();
    let some = succeed(&world, &["plan", "-detailed-exitcode", "-target=aws_iam_role.eks_service"]);
    assert!(some.contains("No changes of what -target names; all else was left out."), "{some}");
    assert!(!some.contains("Your infrastructure matches"), "{some}");
    let blind = succeed(&world, &["plan", "-refresh=false", "-target=aws_iam_role.eks_service"]);
    assert!(blind.contains("AWS was not read (-refresh=false)"), "{blind}");
}

#[test]
fn every_plan_says_where_and_who() {
    let world = moto();
    let place: BTreeMap<&str, String> = BTreeMap::from([
        ("Account", "123456789012, as arn:aws:".to_owned()),
        ("Region", "us-east-1".to_owned()),
        ("State", format!("s3://{STATE_BUCKET}/{STATE_KEY}")),
        ("Workspace", "default".to_owned()),
    ]);
    let says = |shown: &str| {
        for (label, value) in &place {
            assert!(shown.contains(&format!("{label:<11}{value}")), "{label} is missing in\n{shown}");
        }
    };
    says(&succeed(&world, &["plan", "-out=plan.out"]));
    says(&succeed(&world, &["show", "plan.out"]));
    says(&succeed(&world, &["apply", "-auto-approve"]));
    says(&succeed(&world, &["plan"]));
    says(&succeed(&world, &["plan", "-destroy"]));
    let asked = run(&world, &["destroy"]);
    let question = format!(
        "Account 123456789012, region us-east-1, state s3://{STATE_BUCKET}/{STATE_KEY}, workspace default."
    );
    assert!(text(&asked.stdout).contains(&question), "{}", text(&asked.stdout));
}

#[test]
fn another_deployments_names_are_one_error() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let one = |said: &str| {
        assert_eq!(said.matches("Error: ").count(), 1, "{said}");
        assert!(said.contains("another underpin deployment") && said.lines().count() <= 14, "{said}");
    };
    // Another workspace, another state, and a state that is lost.
    succeed(&world, &["workspace", "new", "other"]);
    one(&refuse(&world, &["plan"], &[]));
    one(&refuse(&world, &["apply", "-auto-approve"], &[]));
    succeed(&world, &["workspace", "select", "default"]);
    let object = json!({"Bucket": STATE_BUCKET, "Key": STATE_KEY});
    world.aws().call("s3", "delete_object", object).unwrap();
    one(&refuse(&world, &["plan"], &[]));
}
