//! Destroying leaves the logs and what reads them; applying again goes on with both.

use harness::World;
use serde_json::{Value, json};

use crate::support::account::{NAME, moto, run, succeed, text};

/// Puts an object as CloudTrail would: moto takes the bucket policy's denial of plain HTTP for one of everything.
fn deliver(world: &mut World, bucket: &str, log: Value) {
    let named = json!({"Bucket": bucket});
    let policy = world.aws().call("s3", "get_bucket_policy", named.clone()).unwrap()["Policy"].clone();
    world.aws().call("s3", "delete_bucket_policy", named).unwrap();
    world.aws().call("s3", "put_object", log).unwrap();
    world.aws().call("s3", "put_bucket_policy", json!({"Bucket": bucket, "Policy": policy})).unwrap();
}

#[test]
fn destroy_keeps_bucket_and_key_and_apply_takes_them_up_again() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let whole = world.aws().inventory().unwrap();
    let bucket = succeed(&world, &["output", "-raw", "cloudtrail_bucket_name"]);
    let log = json!({"Bucket": bucket, "Key": "AWSLogs/123456789012/CloudTrail/log.json.gz", "Body": "log"});
    deliver(&mut world, &bucket, log);

    let printed = succeed(&world, &["destroy", "-auto-approve"]);
    assert!(printed.ends_with("Destroy complete! Resources: 13 destroyed.\n"), "{printed}");
    assert!(printed.contains("Still in AWS") && printed.contains(&bucket), "{printed}");
    let left = world.aws().inventory().unwrap();
    assert_eq!((&left["roles"], &left["trails"]), (&json!({}), &json!({})));
    let key = &left["keys"][0];
    assert_eq!(
        (&key["aliases"], &key["enabled"], &key["policy"]),
        (&json!([]), &json!(true), &whole["keys"][0]["policy"])
    );
    let masked = format!("{NAME}-cloudtrail-logs-SUFFIX-1");
    let kept = |account: &Value| {
        let mut bucket = account["buckets"][&masked].clone();
        let objects = bucket.as_object_mut().unwrap().remove("objects").unwrap();
        (bucket, objects.as_array().unwrap().len())
    };
    assert_eq!(kept(&left).0, kept(&whole).0);
    assert_eq!(kept(&left).1, 1, "the log is gone");

    let nothing = succeed(&world, &["destroy", "-auto-approve"]);
    assert!(nothing.contains("Resources: 0 destroyed."), "{nothing}");
    succeed(&world, &["apply", "-auto-approve"]);
    let again = world.aws().inventory().unwrap();
    assert_eq!(
        (&again["keys"], &again["roles"], &again["trails"]),
        (&whole["keys"], &whole["roles"], &whole["trails"])
    );
    assert_eq!(kept(&again), kept(&left));
    assert_eq!(succeed(&world, &["output", "-raw", "cloudtrail_bucket_name"]), bucket);
}

#[test]
fn a_key_whose_deletion_is_scheduled_already_is_not_said_to_be_scheduled_again() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let key = json!({"KeyId": succeed(&world, &["output", "-raw", "kms_key_id"])});
    let mut window = key.clone();
    window["PendingWindowInDays"] = json!(9);
    world.aws().call("kms", "schedule_key_deletion", window).unwrap();
    let shown = |arguments: &[&str]| {
        let output = run(&world, &[&["destroy", "-delete-key"], arguments].concat());
        assert!(text(&output.stderr).contains("Error asking for approval"), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let asked = shown(&[]);
    assert!(asked.contains("The deletion of the key is scheduled already."), "{asked}");
    assert!(asked.contains("as shown above. The key stays as it is."), "{asked}");
    assert!(!asked.contains("schedule the deletion of the key"), "{asked}");
    let unasked = shown(&["-refresh=false"]);
    let said =
        "7 days after its deletion is scheduled, or sooner if it is scheduled already, for AWS was not asked";
    assert!(unasked.contains(said), "{unasked}");
    assert!(unasked.contains("the deletion of the key, unless it is scheduled already."), "{unasked}");

    let done = succeed(&world, &["destroy", "-delete-key", "-refresh=false", "-auto-approve"]);
    let about = world.aws().call("kms", "describe_key", key).unwrap();
    let date = about["KeyMetadata"]["DeletionDate"].as_str().unwrap().get(..10).unwrap().to_owned();
    assert!(done.contains(&format!("for good from {date} on")), "{date} is not named in\n{done}");
}

#[test]
fn a_key_scheduled_for_deletion_is_taken_back_by_the_next_apply() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let whole = world.aws().inventory().unwrap();
    let printed = succeed(&world, &["destroy", "-delete-key", "-auto-approve"]);
    let key = world.aws().inventory().unwrap()["keys"][0].clone();
    assert_eq!(key["state"], "PendingDeletion");
    let arguments = json!({"KeyId": succeed(&world, &["state", "show", "aws_kms_key.main"])
        .lines()
        .find_map(|line| line.trim().strip_prefix("key_id")?.trim().strip_prefix("= ")?.trim_matches('"').parse::<String>().ok())
        .unwrap()});
    let about = world.aws().call("kms", "describe_key", arguments).unwrap();
    let date = about["KeyMetadata"]["DeletionDate"].as_str().unwrap().get(..10).unwrap().to_owned();
    assert!(printed.contains(&date), "{date} is not named in\n{printed}");
    for again in [&["destroy", "-auto-approve"][..], &["destroy", "-delete-key", "-auto-approve"]] {
        let printed = succeed(&world, again);
        assert!(printed.contains(&format!("for good from {date} on")), "{printed}");
        assert!(printed.contains("Resources: 0 destroyed.") && !printed.contains("aws_kms_key"), "{printed}");
    }

    succeed(&world, &["apply", "-auto-approve"]);
    assert_eq!(world.aws().inventory().unwrap(), whole);
}
