//! Which events the rules tell of, judged by matchers that are not ours.

use super::*;

/// What a rule shall tell, and what it shall not.
#[expect(clippy::too_many_lines, reason = "a table: one event a line")]
fn judged(key: &str, bucket: &str) -> Vec<(&'static str, bool, Value)> {
    let key_arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
    let alias = format!("alias/{NAME}-kms-key");
    let trail = format!("{NAME}-cloudtrail");
    let trail_arn = format!("arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/{trail}");
    let node = format!("{NAME}-eks-node-group-role");
    let node_arn = format!("arn:aws:iam::{ACCOUNT}:role/{node}");
    let plain = |service, name, request| event(service, name, request, json!({}));
    let failed = json!({"errorCode": "AccessDenied"});
    let alarm = format!("{NAME}-cloudtrail-logging-disabled");
    let by = |service: &str| json!({"userIdentity": {"type": "AWSService", "invokedBy": service}});
    let pending = json!({"errorCode": "KMSInvalidStateException", "errorMessage": format!("{key_arn} is pending deletion.")});
    let other_pending =
        json!({"errorMessage": "arn:aws:kms:us-east-1:123456789012:key/other is pending deletion."});
    vec![
        ("trail", true, plain("cloudtrail", "StopLogging", json!({"name": trail_arn}))),
        ("trail", true, plain("cloudtrail", "StopLogging", json!({"name": trail}))),
        ("trail", true, plain("cloudtrail", "DeleteTrail", json!({"name": trail}))),
        (
            "trail",
            true,
            event(
                "cloudtrail",
                "UpdateTrail",
                json!({"name": trail, "isMultiRegionTrail": false}),
                failed.clone(),
            ),
        ),
        (
            "trail",
            true,
            plain("cloudtrail", "PutEventSelectors", json!({"trailName": trail_arn, "eventSelectors": []})),
        ),
        ("trail", true, plain("cloudtrail", "PutInsightSelectors", json!({"trailName": trail}))),
        ("trail", true, plain("cloudtrail", "RemoveTags", json!({"resourceId": trail_arn, "tagsList": []}))),
        ("trail", false, plain("cloudtrail", "StopLogging", json!({"name": "another"}))),
        ("trail", false, plain("cloudtrail", "StopLogging", json!({"name": format!("{trail}-2")}))),
        ("trail", false, plain("cloudtrail", "StartLogging", json!({"name": trail}))),
        ("trail", false, plain("cloudtrail", "GetTrailStatus", json!({"name": trail}))),
        ("trail", false, plain("cloudtrail", "PutEventSelectors", json!({"trailName": "other"}))),
        ("trail", false, plain("logs", "DeleteLogGroup", json!({"name": trail}))),
        ("key", true, plain("kms", "DisableKey", json!({"keyId": key}))),
        (
            "key",
            true,
            plain("kms", "ScheduleKeyDeletion", json!({"keyId": key_arn, "pendingWindowInDays": 7})),
        ),
        ("key", true, plain("kms", "PutKeyPolicy", json!({"keyId": alias, "policyName": "default"}))),
        ("key", true, event("kms", "DisableKeyRotation", json!({"keyId": key}), failed.clone())),
        (
            "key",
            true,
            plain(
                "kms",
                "CreateGrant",
                json!({"keyId": key_arn, "granteePrincipal": "arn:aws:iam::999988887777:root"}),
            ),
        ),
        ("key", true, plain("kms", "DeleteAlias", json!({"aliasName": alias}))),
        ("key", true, plain("kms", "CreateAlias", json!({"aliasName": "alias/x", "targetKeyId": key}))),
        ("key", true, event("kms", "GenerateDataKey", json!({"keyId": key_arn}), pending)),
        ("key", false, plain("kms", "DisableKey", json!({"keyId": "11111111-2222-3333-4444-555555555555"}))),
        ("key", false, event("kms", "CreateGrant", json!({"keyId": key_arn}), by("rds.amazonaws.com"))),
        ("key", false, plain("kms", "GenerateDataKey", json!({"keyId": key_arn}))),
        ("key", false, plain("kms", "DescribeKey", json!({"keyId": key}))),
        ("key", false, event("kms", "Decrypt", json!({"keyId": "other"}), other_pending)),
        ("key", false, plain("kms", "DeleteAlias", json!({"aliasName": "alias/other"}))),
        ("log-bucket", true, plain("s3", "PutBucketPolicy", json!({"bucketName": bucket}))),
        ("log-bucket", true, plain("s3", "PutBucketLifecycle", json!({"bucketName": bucket}))),
        ("log-bucket", true, plain("s3", "PutBucketReplication", json!({"bucketName": bucket}))),
        ("log-bucket", true, event("s3", "DeleteBucket", json!({"bucketName": bucket}), failed.clone())),
        ("log-bucket", true, plain("s3", "DeleteObjects", json!({"bucketName": bucket}))),
        ("log-bucket", true, plain("s3", "PutBucketPublicAccessBlock", json!({"bucketName": bucket}))),
        ("log-bucket", true, plain("s3", "PutObjectLegalHold", json!({"bucketName": bucket}))),
        (
            "log-bucket",
            false,
            event("s3", "PutObject", json!({"bucketName": bucket}), by("cloudtrail.amazonaws.com")),
        ),
        ("log-bucket", false, plain("s3", "PutBucketPolicy", json!({"bucketName": "another"}))),
        ("log-bucket", false, plain("s3", "PutBucketPolicy", json!({"bucketName": format!("{bucket}-2")}))),
        ("log-bucket", false, plain("s3", "GetBucketAcl", json!({"bucketName": bucket}))),
        ("log-bucket", false, plain("s3", "GetObject", json!({"bucketName": bucket}))),
        ("log-bucket", false, plain("s3", "CreateBucket", json!({"bucketName": "x"}))),
        (
            "roles",
            true,
            plain(
                "iam",
                "AttachRolePolicy",
                json!({"roleName": node, "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
            ),
        ),
        ("roles", true, plain("iam", "PutRolePolicy", json!({"roleName": node}))),
        ("roles", true, plain("iam", "UpdateAssumeRolePolicy", json!({"roleName": node}))),
        ("roles", true, plain("iam", "DeleteRolePermissionsBoundary", json!({"roleName": node}))),
        ("roles", true, event("iam", "DeleteRole", json!({"roleName": node}), failed.clone())),
        (
            "roles",
            true,
            plain("iam", "UntagRole", json!({"roleName": node, "tagKeys": ["underpin:deployment"]})),
        ),
        (
            "roles",
            true,
            plain("iam", "AddRoleToInstanceProfile", json!({"roleName": node, "instanceProfileName": "x"})),
        ),
        ("roles", false, plain("iam", "AttachRolePolicy", json!({"roleName": format!("{node}-2")}))),
        ("roles", false, plain("iam", "AttachRolePolicy", json!({"roleName": "other"}))),
        ("roles", false, plain("iam", "AttachUserPolicy", json!({"userName": node}))),
        ("roles", false, plain("iam", "GetRole", json!({"roleName": node}))),
        ("roles", false, plain("iam", "ListRolePolicies", json!({"roleName": node}))),
        ("roles", false, plain("sts", "AssumeRole", json!({"roleName": node}))),
        ("alarms", true, plain("events", "DisableRule", json!({"name": rule("trail")}))),
        ("alarms", true, plain("events", "DeleteRule", json!({"name": rule("alarms")}))),
        ("alarms", true, plain("events", "RemoveTargets", json!({"rule": rule("key"), "ids": ["x"]}))),
        ("alarms", true, plain("events", "PutRule", json!({"name": rule("role-use")}))),
        ("alarms", true, event("sns", "DeleteTopic", json!({"topicArn": TOPIC}), failed)),
        ("alarms", true, plain("sns", "SetTopicAttributes", json!({"topicArn": TOPIC}))),
        ("alarms", true, plain("sns", "Unsubscribe", json!({"subscriptionArn": format!("{TOPIC}:1-2")}))),
        ("alarms", true, plain("sns", "Subscribe", json!({"topicArn": TOPIC, "protocol": "https"}))),
        ("alarms", true, plain("monitoring", "DeleteAlarms", json!({"alarmNames": [alarm]}))),
        ("alarms", true, plain("monitoring", "DisableAlarmActions", json!({"alarmNames": ["other", alarm]}))),
        (
            "alarms",
            true,
            plain("monitoring", "PutMetricAlarm", json!({"alarmName": alarm, "threshold": 0.0})),
        ),
        (
            "alarms",
            true,
            plain("monitoring", "SetAlarmState", json!({"alarmName": alarm, "stateValue": "OK"})),
        ),
        ("alarms", false, plain("monitoring", "DeleteAlarms", json!({"alarmNames": [format!("{alarm}-2")]}))),
        ("alarms", false, plain("monitoring", "EnableAlarmActions", json!({"alarmNames": [alarm]}))),
        ("alarms", false, plain("monitoring", "PutMetricAlarm", json!({"alarmName": "other"}))),
        ("alarms", false, plain("events", "DisableRule", json!({"name": "other"}))),
        ("alarms", false, plain("events", "DisableRule", json!({"name": format!("{}-2", rule("trail"))}))),
        ("alarms", false, plain("events", "EnableRule", json!({"name": rule("trail")}))),
        ("alarms", false, plain("sns", "DeleteTopic", json!({"topicArn": format!("{TOPIC}-2")}))),
        ("alarms", false, plain("sns", "Unsubscribe", json!({"subscriptionArn": format!("{TOPIC}-2:1-2")}))),
        ("alarms", false, plain("sns", "GetTopicAttributes", json!({"topicArn": TOPIC}))),
        ("role-use", true, plain("sts", "AssumeRole", json!({"roleArn": node_arn, "roleSessionName": "x"}))),
        (
            "role-use",
            true,
            event("sts", "AssumeRole", json!({"roleArn": node_arn}), by("lambda.amazonaws.com")),
        ),
        (
            "role-use",
            true,
            event("sts", "AssumeRole", json!({"roleArn": node_arn}), json!({"errorCode": "AccessDenied"})),
        ),
        ("role-use", true, plain("sts", "AssumeRoleWithWebIdentity", json!({"roleArn": node_arn}))),
        ("role-use", true, plain("sts", "AssumeRoleWithSAML", json!({"roleArn": node_arn}))),
        (
            "role-use",
            true,
            event(
                "sts",
                "AssumeRole",
                json!({"roleArn": format!("arn:aws:iam::{ACCOUNT}:role/{NAME}-eks-service-role")}),
                by("ec2.amazonaws.com"),
            ),
        ),
        (
            "role-use",
            false,
            event("sts", "AssumeRole", json!({"roleArn": node_arn}), by("ec2.amazonaws.com")),
        ),
        (
            "role-use",
            false,
            event(
                "sts",
                "AssumeRole",
                json!({"roleArn": format!("arn:aws:iam::{ACCOUNT}:role/{NAME}-eks-service-role")}),
                by("eks.amazonaws.com"),
            ),
        ),
        ("role-use", false, plain("sts", "AssumeRole", json!({"roleArn": format!("{node_arn}-2")}))),
        (
            "role-use",
            false,
            plain("sts", "AssumeRole", json!({"roleArn": "arn:aws:iam::123456789012:role/other"})),
        ),
        ("role-use", false, plain("sts", "GetCallerIdentity", json!({"roleArn": node_arn}))),
        ("role-use", false, plain("iam", "AssumeRole", json!({"roleArn": node_arn}))),
    ]
}

fn case(end: &str, told: bool, event: &Value) -> String {
    format!("{end} {told}: {} {}", event["detail"]["eventName"], event["detail"]["requestParameters"])
}

/// Whether each pattern matches its event, as moto's matcher sees it: a second judge beside ministack's.
fn matched_by_moto(cases: &[(&Value, &Value)]) -> Vec<bool> {
    const JUDGE: &str = "import json, sys
from moto.events.models import EventPattern
cases = json.load(sys.stdin)
print(json.dumps([bool(EventPattern.load(pattern).matches_event(event)) for pattern, event in cases]))";
    let mut command = std::process::Command::new(oracles().python());
    let mut judge = command
        .args(["-c", JUDGE])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut judge.stdin.take().unwrap(), json!(cases).to_string().as_bytes()).unwrap();
    let verdicts: Vec<bool> = serde_json::from_slice(&judge.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(verdicts.len(), cases.len());
    verdicts
}

#[test]
fn rules_tell_of_our_objects_in_every_form_and_of_no_others() {
    let mut account = MinistackAccount::start();
    set(account.directory.path(), "monitoring = { emails = [\"ops@example.com\"], heartbeat = true }\n");
    account.succeed(&["apply", "-auto-approve"]);
    let key = account.succeed(&["output", "-raw", "kms_key_id"]);
    let bucket = account.succeed(&["output", "-raw", "cloudtrail_bucket_name"]);
    let mut cases = Vec::new();
    let mut wrong = Vec::new();
    for (end, told, event) in judged(&key, &bucket) {
        let rule = account.aws.call("events", "describe_rule", json!({"Name": rule(end)})).unwrap();
        let arguments = json!({"EventPattern": rule["EventPattern"], "Event": event.to_string()});
        let answer = account.aws.call("events", "test_event_pattern", arguments).unwrap();
        if answer["Result"] != json!(told) {
            wrong.push(case(end, told, &event));
        }
        cases.push((end, told, rule["EventPattern"].clone(), event));
    }
    let second =
        matched_by_moto(&cases.iter().map(|(.., pattern, event)| (pattern, event)).collect::<Vec<_>>());
    for ((end, told, _, event), matched) in cases.iter().zip(second) {
        if matched != *told {
            wrong.push(format!("moto: {}", case(end, *told, event)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let tried = account.succeed(&["monitoring", "test"]);
    for name in ["trail", "key", "log_bucket", "roles", "alarms", "role_use"] {
        assert!(tried.contains(&format!("ok    rule {name}: tells of")), "{tried}");
    }
    assert!(tried.contains(&format!("ok    topic {TOPIC}: took the message")), "{tried}");
    assert!(tried.contains("ops@example.com is told"), "{tried}");
    let off = json!({"Name": rule("trail"), "EventPattern": "{\"source\": [\"aws.nobody\"]}"});
    account.aws.call("events", "put_rule", off).unwrap();
    account.aws.call("events", "disable_rule", json!({"Name": rule("key")})).unwrap();
    let failed = account.command().args(["monitoring", "test"]).output().unwrap();
    let (said, why) = (text(&failed.stdout), text(&failed.stderr));
    assert_eq!(failed.status.code(), Some(1), "{said}\n{why}");
    assert!(said.contains("FAIL  rule trail: does not tell of StopLogging"), "{said}");
    assert!(said.contains("FAIL  rule key: is disabled") && why.contains("2 of"), "{said}\n{why}");
}
