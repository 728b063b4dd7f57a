//! One code can have several causes: the hint fits the one that the circumstances tell.

use harness::{Answer, STATE_BUCKET, STATE_KEY, Verdict, World};
use serde_json::json;

use crate::support::account::{moto, run, set, succeed, text};

/// Answers an action on what ends so.
fn answer(world: &World, action: &'static str, end: &'static str, status: u16, code: &'static str) {
    world.proxy().on(move |call| match call.action == action && call.resource.ends_with(end) {
        true => Verdict::Answer(Answer::error(call, status, code)),
        false => Verdict::Pass,
    });
}

/// What a failing plan says, on one line.
fn plan(world: &World) -> String {
    let output = run(world, &["plan"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    text(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn credentials_in_a_region_that_is_not_enabled_name_the_region() {
    for (region, is_opt_in) in [("ap-east-1", true), ("me-south-1", true), ("us-west-2", false)] {
        let world = moto();
        set(world.directory(), &format!("aws_region = \"{region}\""));
        answer(&world, "GetCallerIdentity", "", 403, "InvalidClientTokenId");
        let said = plan(&world);
        let enable = format!("aws account enable-region --region-name {region}");
        assert_eq!(said.contains(&enable), is_opt_in, "{said}");
        assert_eq!(said.contains("They may be deleted or inactive"), !is_opt_in, "{said}");
    }
}

#[test]
fn a_plan_without_the_permission_to_lock_says_how_to_do_without() {
    let world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    answer(&world, "PutObject", ".tflock", 403, "AccessDenied");
    let said = plan(&world);
    assert!(said.contains("underpin plan -lock=false"), "{said}");
    succeed(&world, &["plan", "-lock=false"]);
}

#[test]
fn a_state_that_opentofu_encrypted_is_called_encrypted() {
    let mut world = moto();
    let encrypted =
        json!({"serial": 3, "lineage": "x", "meta": {}, "encrypted_data": "x", "encryption_version": "v0"});
    let object = json!({"Bucket": STATE_BUCKET, "Key": STATE_KEY, "Body": encrypted.to_string()});
    world.aws().call("s3", "put_object", object).unwrap();
    let said = plan(&world);
    assert!(said.contains("encrypted") && said.contains("OpenTofu"), "{said}");
    assert!(!said.contains("older version"), "{said}");
}

#[test]
fn a_store_that_does_not_know_a_call_has_answered() {
    let world = moto();
    answer(&world, "GetObject", "terraform.tfstate", 501, "NotImplemented");
    let said = plan(&world);
    assert!(said.contains("the store answered"), "{said}");
    assert!(!said.contains("cannot be reached"), "{said}");
}
