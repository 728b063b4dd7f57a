//! The policy for those who read the logs: made, put right, taken over, exported and removed.

use serde_json::{Value, json};

use crate::support::account::{ACCOUNT, NAME, TRAIL, assert_tags, moto, set, succeed};
use harness::World;

const ARN: &str = "arn:aws:iam::123456789012:policy/platform/genai-artos-production-audit-log-reader";
const ADDRESS: &str = "aws_iam_policy.audit_log_reader";
const WANTED: &str = "create_log_reader_policy = true\niam_path = \"/platform/\"\n";

/// The policy as the other client sees it.
fn policy(world: &mut World) -> Value {
    world.aws().inventory().unwrap()["policies"][format!("{NAME}-audit-log-reader")].clone()
}

fn widen(world: &mut World) {
    let document = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    ]});
    let version = json!({"PolicyArn": ARN, "PolicyDocument": document.to_string(), "SetAsDefault": true});
    world.aws().call("iam", "create_policy_version", version).unwrap();
}

#[test]
fn it_reads_this_accounts_logs_and_nothing_else() {
    let mut world = moto();
    set(world.directory(), WANTED);
    let applied = succeed(&world, &["apply", "-auto-approve"]);
    assert!(applied.contains(&format!("{ADDRESS}: Creation complete")), "{applied}");
    let policy = policy(&mut world);
    assert_eq!(policy["arn"], ARN);
    assert_tags(&policy["tags"], "the policy");
    let [list, read, decrypt] = policy["document"]["Statement"].as_array().unwrap().as_slice() else {
        panic!("{policy:#}");
    };
    let bucket = list["Resource"].as_str().unwrap();
    assert!(bucket.starts_with(&format!("arn:aws:s3:::{NAME}-cloudtrail-logs-")), "{bucket}");
    assert_eq!(list["Action"], "s3:ListBucket");
    assert_eq!(list["Condition"], json!({"StringLike": {"s3:prefix": format!("AWSLogs/{ACCOUNT}/*")}}));
    assert_eq!(read["Action"], "s3:GetObject");
    assert_eq!(read["Resource"], format!("{bucket}/AWSLogs/{ACCOUNT}/*"));
    assert_eq!(decrypt["Action"], "kms:Decrypt");
    assert!(decrypt["Resource"].as_str().unwrap().starts_with("arn:aws:kms:us-east-1:123456789012:key/"));
    let context = json!({"StringEquals": {"kms:EncryptionContext:aws:cloudtrail:arn": TRAIL}});
    assert_eq!(decrypt["Condition"], context);
    let attached = world.aws().call("iam", "list_entities_for_policy", json!({"PolicyArn": ARN})).unwrap();
    assert_eq!(attached["PolicyRoles"], json!([]));
    succeed(&world, &["plan", "-detailed-exitcode"]);

    set(world.directory(), "iam_path = \"/platform/\"\n");
    let removed = succeed(&world, &["apply", "-auto-approve"]);
    assert!(removed.contains("0 added, 0 changed, 1 destroyed"), "{removed}");
    assert_eq!(self::policy(&mut world), Value::Null);
}

#[test]
fn what_others_write_into_it_is_put_right_as_often_as_they_do() {
    let mut world = moto();
    set(world.directory(), WANTED);
    succeed(&world, &["apply", "-auto-approve"]);
    let made = policy(&mut world);
    // The third time the policy has all its five versions, and an old one is made the default again.
    for round in 0..3 {
        if round < 2 {
            widen(&mut world);
        } else {
            let again = json!({"PolicyArn": ARN, "VersionId": "v2"});
            world.aws().call("iam", "set_default_policy_version", again).unwrap();
        }
        let plan = succeed(&world, &["plan"]);
        assert!(plan.contains(&format!("~ {ADDRESS}")), "{plan}");
        assert!(plan.contains("Permissions ("), "{plan}");
        succeed(&world, &["apply", "-auto-approve"]);
        assert_eq!(policy(&mut world), made);
        succeed(&world, &["plan", "-detailed-exitcode"]);
    }
}

#[test]
fn it_is_taken_over_exported_and_destroyed() {
    let mut world = moto();
    set(world.directory(), WANTED);
    succeed(&world, &["apply", "-auto-approve"]);
    succeed(&world, &["state", "rm", ADDRESS]);
    let adopted = succeed(&world, &["adopt", "-auto-approve"]);
    assert!(adopted.contains(ADDRESS), "{adopted}");
    succeed(&world, &["plan", "-detailed-exitcode"]);

    succeed(&world, &["export", "terraform", "module"]);
    let module = std::fs::read_to_string(world.directory().join("module/iam.tf")).unwrap();
    assert!(module.contains("resource \"aws_iam_policy\" \"audit_log_reader\""), "{module}");
    let template = succeed(&world, &["export", "cloudformation"]);
    assert!(template.contains("Type: AWS::IAM::ManagedPolicy"), "{template}");

    widen(&mut world);
    succeed(&world, &["destroy", "-auto-approve"]);
    assert_eq!(policy(&mut world), Value::Null);
}
