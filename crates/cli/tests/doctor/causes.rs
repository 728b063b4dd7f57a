//! What a cause explains, and what the exit status says of it.

use harness::{STATE_BUCKET, World};
use serde_json::{Value, json};

use super::clinic::{answer, applied, doctor, key_id, treat};
use crate::support::account::ACCOUNT;

#[test]
fn a_grant_to_a_stranger() {
    let mut world = applied();
    let before = doctor(&world, &[]).causes();
    let key = key_id(&mut world);
    let grant = json!({"KeyId": key, "GranteePrincipal": "arn:aws:iam::999988887777:root", "Operations": ["Decrypt"]});
    world.aws().call("kms", "create_grant", grant).unwrap();
    let diagnosis = doctor(&world, &["kms"]);
    let found: Vec<String> = diagnosis.causes().difference(&before).cloned().collect();
    assert!(matches!(found.as_slice(), [only] if only.starts_with("kms.grants/")), "{found:?}");
    assert_eq!(diagnosis.status, Some(0), "a warning alone is no failure");
    assert_eq!(doctor(&world, &["kms", "-strict"]).status, Some(2));
    assert_eq!(treat(&world, diagnosis.check(&found[0])), 1);
    assert_eq!(doctor(&world, &[]).causes(), before);
}

#[test]
fn a_delivery_that_fails_is_explained_by_the_key_that_is_disabled() {
    let mut world = applied();
    let before = doctor(&world, &[]).causes();
    let key = key_id(&mut world);
    world.aws().call("kms", "disable_key", json!({"KeyId": key})).unwrap();
    answer(
        &world,
        "GetTrailStatus",
        json!({"IsLogging": true, "LatestDeliveryError": "KMS.DisabledException"}),
    );
    let diagnosis = doctor(&world, &[]);
    let found: Vec<String> = diagnosis.causes().difference(&before).cloned().collect();
    assert_eq!(found, ["kms.state"]);
    assert_eq!(diagnosis.check("trail.delivery")["because_of"], "kms.state");
    assert_eq!(diagnosis.status, Some(2));
}

#[test]
fn the_block_of_the_account_keeps_the_public_out_of_the_state_too() {
    let mut world = applied();
    world.aws().call("s3", "delete_public_access_block", json!({"Bucket": STATE_BUCKET})).unwrap();
    let status = |world: &World| doctor(world, &["state"]).check("state.private")["status"].clone();
    assert_eq!(status(&world), "warn");
    for (restricts, expected) in [(false, "warn"), (true, "pass")] {
        let block = json!({"AccountId": ACCOUNT, "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": restricts,
        }});
        world.aws().call("s3control", "put_public_access_block", block).unwrap();
        assert_eq!(status(&world), expected, "restricts: {restricts}");
    }
    // Whose the bucket is comes from init: of a bucket whose owner is not known no account's block counts.
    std::fs::remove_file(world.directory().join(".terraform/underpin.json")).unwrap();
    assert_eq!(status(&world), "warn");
}

#[test]
fn nothing_made_yet_is_one_cause() {
    let world = crate::support::account::moto();
    answer(&world, "LookupEvents", json!({"Events": []}));
    let diagnosis = doctor(&world, &[]);
    let failing: Vec<&Value> = diagnosis.checks.iter().filter(|check| check["status"] == "fail").collect();
    let causes: Vec<&Value> =
        failing.iter().filter(|check| check["because_of"].is_null()).map(|check| &check["id"]).collect();
    assert_eq!(causes, ["settings.unmade"], "{failing:#?}");
}
