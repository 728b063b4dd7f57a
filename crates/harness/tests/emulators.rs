//! The emulators, boto3 and Terraform as `cargo xtask setup` installs them, with the proxy between.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, which clippy knows only by their attribute"
)]

use std::time::Duration;

use harness::{Boto3, Emulator, Error, Fault, Matching, Ministack, Options, Oracles, Proxy, Rule, When};
use serde_json::{Value, json};

const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

fn trust() -> String {
    let statement =
        json!({"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

/// Makes one of everything that an inventory lists.
fn populate(aws: &mut Boto3, suffix: &str) -> Result<(), Error> {
    let bucket = format!("a-b-cloudtrail-logs-{suffix}");
    aws.call("iam", "create_role", json!({"RoleName": "r", "AssumeRolePolicyDocument": trust()}))?;
    aws.call("iam", "attach_role_policy", json!({"RoleName": "r", "PolicyArn": READ_ONLY}))?;
    let key = aws.call("kms", "create_key", json!({"Tags": [{"TagKey": "a", "TagValue": "b"}]}))?;
    let key = key["KeyMetadata"]["KeyId"].clone();
    aws.call("kms", "create_alias", json!({"AliasName": "alias/a", "TargetKeyId": key}))?;
    aws.call("s3", "create_bucket", json!({"Bucket": bucket}))?;
    aws.call("s3", "put_object", json!({"Bucket": bucket, "Key": "x/y", "Body": "text"}))?;
    aws.call(
        "cloudtrail",
        "create_trail",
        json!({"Name": "trail", "S3BucketName": bucket, "KmsKeyId": key}),
    )?;
    aws.call("cloudtrail", "start_logging", json!({"Name": "trail"}))?;
    Ok(())
}

fn check(emulator: &Emulator, oracles: &Oracles) {
    emulator.warm().unwrap();
    let proxy = Proxy::start(emulator.address(), Options::default()).unwrap();
    let mut aws = Boto3::connect(oracles, &proxy.endpoint()).unwrap();
    let empty = aws.inventory().unwrap();
    assert_eq!(empty["keys"], json!([]));

    populate(&mut aws, "0a1b2c3d").unwrap();
    let first = aws.inventory().unwrap();
    let role = &first["roles"]["r"];
    assert_eq!((&role["attached"], &role["trust"]["Version"]), (&json!([READ_ONLY]), &json!("2012-10-17")));
    assert_eq!(first["keys"][0]["aliases"], json!(["alias/a"]));
    assert_eq!(first["keys"][0]["tags"], json!({"a": "b"}));
    assert_eq!(first["buckets"]["a-b-cloudtrail-logs-SUFFIX-1"]["objects"], json!(["x/y"]));
    assert_eq!(first["trails"]["trail"]["logging"], Value::Bool(true));

    emulator.reset().unwrap();
    assert_eq!(aws.inventory().unwrap(), empty);
    populate(&mut aws, "ffffffff").unwrap();
    assert_eq!(aws.inventory().unwrap(), first, "what differs only in generated names is equal");

    let refused = aws.call("iam", "get_role", json!({"RoleName": "none"})).unwrap_err();
    assert!(matches!(refused, Error::Refused { code, .. } if code == "NoSuchEntity"));
    proxy.settle();
    let named: Vec<_> = proxy.journal().into_iter().filter(|entry| entry.service == "http").collect();
    assert_eq!(named, [], "every call of boto3 has a name");
}

#[test]
fn moto_is_as_the_tests_need_it() {
    let oracles = Oracles::find().unwrap();
    let moto = Emulator::moto(&oracles).unwrap();
    check(&moto, &oracles);
}

#[test]
fn ministack_is_as_the_tests_need_it() {
    let oracles = Oracles::find().unwrap();
    let ministack = Emulator::ministack(&oracles, Ministack::default()).unwrap();
    check(&ministack, &oracles);
}

#[test]
fn boto3_understands_the_proxys_own_answers() {
    let oracles = Oracles::find().unwrap();
    let moto = Emulator::moto(&oracles).unwrap();
    let options = Options { consistency: Some(Duration::from_secs(3600)), ..Options::default() };
    let proxy = Proxy::start(moto.address(), options).unwrap();
    let mut aws = Boto3::connect(&oracles, &proxy.endpoint()).unwrap();
    let calls = [
        ("s3", "PutObject", "put_object", json!({"Bucket": "b", "Key": "k"})),
        ("kms", "ListKeys", "list_keys", json!({})),
        ("iam", "ListRoles", "list_roles", json!({})),
    ];
    for (service, action, operation, arguments) in calls {
        proxy.reset();
        proxy.arm(Rule::new(
            Fault::Refuse(403, "AccessDenied"),
            Matching::action(service, action),
            When::Always,
        ));
        let refused = aws.call(service, operation, arguments).unwrap_err();
        assert!(matches!(refused, Error::Refused { code, .. } if code == "AccessDenied"), "{service}");
    }
    proxy.reset();
    populate(&mut aws, "0a1b2c3d").unwrap_err();
    let hidden = aws.call("iam", "get_role", json!({"RoleName": "r"})).unwrap_err();
    assert!(matches!(hidden, Error::Refused { code, .. } if code == "NoSuchEntity"));
}

#[test]
fn terraform_is_the_version_we_are_judged_by() {
    let oracles = Oracles::find().unwrap();
    let scratch = std::env::temp_dir();
    let output = oracles.terraform_command(&scratch).unwrap().args(["version", "-json"]).output().unwrap();
    let version: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(version["terraform_version"], json!("1.15.5"));
}
