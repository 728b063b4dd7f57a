//! `profile = "document"` at the binary: identity and exactly once as in the other profile.

use std::time::Duration;

use harness::{Fault, Matching, Rule, When, World};
use serde_json::{Value, json};

use crate::support::account::{moto, run, set, succeed, text};

/// The tags of the log bucket.
fn tags(world: &mut World, bucket: &str) -> Value {
    world.aws().call("s3", "get_bucket_tagging", json!({"Bucket": bucket})).unwrap()["TagSet"].clone()
}

#[test]
fn a_log_bucket_that_was_cut_off_before_its_tags_gets_the_deployments_identity() {
    let refused =
        (Fault::Refuse(403, "AccessDenied"), Matching::action("s3", "PutBucketTagging"), When::At(1));
    let killed = (Fault::KillAfter, Matching::action("s3", "CreateBucket"), When::At(1));
    for (fault, calls, when) in [refused, killed] {
        let mut world = moto();
        set(world.directory(), "profile = \"document\"\ncloudtrail_bucket_suffix = \"audit\"\n");
        world.proxy().arm(Rule::new(fault, calls, when));
        let cut_off = world.run(&["apply", "-auto-approve"], Duration::from_secs(60)).unwrap();
        assert!(!cut_off.is_success());
        world.proxy().reset();
        succeed(&world, &["apply", "-auto-approve"]);
        let bucket = succeed(&world, &["output", "-raw", "cloudtrail_bucket_name"]);
        let tags = tags(&mut world, &bucket).to_string();
        assert!(tags.contains("underpin:deployment"), "{tags}");
        let plan = run(&world, &["plan", "-detailed-exitcode"]);
        assert_eq!(plan.status.code(), Some(0), "{}", text(&plan.stdout));
    }
}

#[test]
fn another_log_bucket_under_the_document_leaves_the_protection_of_the_old_one_where_it_is() {
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let old = succeed(&world, &["output", "-raw", "cloudtrail_bucket_name"]);
    let block = |world: &mut World, bucket: &str| {
        world.aws().call("s3", "get_public_access_block", json!({"Bucket": bucket}))
    };
    let before = block(&mut world, &old).unwrap();
    set(world.directory(), "profile = \"document\"\ncloudtrail_bucket_suffix = \"another\"\n");
    let shown = succeed(&world, &["plan", "-out=plan.out"]);
    for said in [
        ". leave in AWS, recorded no longer",
        ". aws_s3_bucket_public_access_block.cloudtrail",
        ". aws_s3_bucket_ownership_controls.cloudtrail",
    ] {
        assert!(shown.contains(said), "`{said}` is missing in\n{shown}");
    }
    let document: Value = serde_json::from_str(&succeed(&world, &["show", "-json", "plan.out"])).unwrap();
    let changes = document["resource_changes"].as_array().unwrap();
    let forgotten = changes.iter().filter(|change| change["change"]["actions"] == json!(["forget"]));
    assert!(
        forgotten.clone().count() == 2 && forgotten.clone().all(|change| change["change"]["after"].is_null())
    );
    succeed(&world, &["apply", "-auto-approve"]);
    assert_eq!(block(&mut world, &old).unwrap(), before);
    let new = succeed(&world, &["output", "-raw", "cloudtrail_bucket_name"]);
    assert!(new.ends_with("-another") && block(&mut world, &new).is_err());
    let plan = run(&world, &["plan", "-detailed-exitcode"]);
    assert_eq!(plan.status.code(), Some(0), "{}", text(&plan.stdout));
}
