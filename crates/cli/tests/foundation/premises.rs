//! What the settings presuppose is looked up before anything is made.

use harness::World;
use serde_json::{Value, json};

use crate::support::account::{moto, refuse, run, set, succeed, text};

fn call(world: &mut World, service: &str, operation: &str, arguments: Value) {
    world.aws().call(service, operation, arguments).unwrap();
}

/// What there is, but for the state.
fn inventory(world: &mut World) -> Value {
    let mut seen = world.aws().inventory().unwrap();
    seen["buckets"]["artos-terraform-state"].take();
    seen
}

/// A refused apply that made nothing.
fn refused(world: &mut World, settings: &str, words: &[&str]) {
    let before = inventory(world);
    set(world.directory(), settings);
    refuse(world, &["apply", "-auto-approve"], words);
    assert_eq!(inventory(world), before, "nothing is made");
}

#[test]
fn principals_and_boundaries_that_are_not_there_are_told_at_once() {
    let mut world = moto();
    let settings = r#"
kms_key_administrators   = ["arn:aws:iam::123456789012:role/team/Admin", "arn:aws:iam::999988887777:role/Elsewhere"]
key_user_arns            = ["arn:aws:iam::123456789012:user/backup"]
permissions_boundary_arn = "arn:aws:iam::123456789012:policy/Boundary"
"#;
    let words = ["role/team/Admin", "user/backup", "The permissions boundary does not exist"];
    refused(&mut world, settings, &words);
    refuse(&world, &["plan", "-refresh=false"], &words);
    let role = json!({"RoleName": "Admin", "AssumeRolePolicyDocument": "{}"});
    call(&mut world, "iam", "create_role", role);
    call(&mut world, "iam", "create_user", json!({"UserName": "backup"}));
    let statement = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"});
    let document = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    call(&mut world, "iam", "create_policy", json!({"PolicyName": "Boundary", "PolicyDocument": document}));
    let entry = "accepted = [\"boundary:arn:aws:iam::123456789012:policy/Boundary\"]";
    refused(
        &mut world,
        settings,
        &["role/team/Admin", "The permissions boundary leaves roles nothing", entry],
    );
    let settings = settings.replace("role/team/Admin", "role/Admin");
    let over = r#"accepted = [{ what = "boundary:arn:aws:iam::123456789012:policy/Boundary", until = "2026-01-31" }]"#;
    refused(&mut world, &format!("{settings}{over}\n"), &["The permissions boundary leaves roles nothing"]);
    set(world.directory(), &format!("{settings}{entry}\n"));
    succeed(&world, &["apply", "-auto-approve"]);
    let calls = world.proxy().journal().len();
    run(&world, &["plan", "-detailed-exitcode"]);
    let calls = world.proxy().journal().split_off(calls);
    assert!(!format!("{calls:?}").contains("GetUser"), "what is recorded is not looked up again");
}

#[test]
fn a_bucket_that_cannot_take_access_logs_is_told_before_anything_is_made() {
    let mut world = moto();
    let settings = "cloudtrail_access_log_bucket = \"access-logs\"\n";
    refused(&mut world, settings, &["there is no bucket of that name"]);
    call(&mut world, "s3", "create_bucket", json!({"Bucket": "access-logs"}));
    let words = ["neither its policy nor its ACL", "\"Service\":\"logging.s3.amazonaws.com\""];
    refused(&mut world, settings, &words);
    let rule = json!({"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}});
    let encryption = json!({"Bucket": "access-logs", "ServerSideEncryptionConfiguration": {"Rules": [rule]}});
    call(&mut world, "s3", "put_bucket_encryption", encryption);
    refused(&mut world, settings, &["only into buckets with SSE-S3"]);
    call(&mut world, "s3", "delete_bucket_encryption", json!({"Bucket": "access-logs"}));
    call(&mut world, "s3", "put_bucket_acl", json!({"Bucket": "access-logs", "ACL": "log-delivery-write"}));
    succeed(&world, &["apply", "-auto-approve"]);
}

#[test]
fn a_sixth_trail_is_told_before_the_rest_is_made() {
    let mut world = moto();
    call(&mut world, "s3", "create_bucket", json!({"Bucket": "others"}));
    for number in 0..5 {
        let trail = json!({"Name": format!("other-{number}"), "S3BucketName": "others"});
        call(&mut world, "cloudtrail", "create_trail", trail);
    }
    refused(&mut world, "", &["There is no room for another trail", "other-4"]);
    call(&mut world, "cloudtrail", "delete_trail", json!({"Name": "other-4"}));
    succeed(&world, &["apply", "-auto-approve"]);
    let plan = run(&world, &["plan", "-detailed-exitcode"]);
    assert_eq!(plan.status.code(), Some(0), "{}", text(&plan.stdout));
}
