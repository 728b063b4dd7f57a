//! Events that the rules of monitoring tell, shaped as CloudTrail hands them to EventBridge: for trying a pattern.

use serde_json::json;
use terraform::Value;

use crate::identifiers::{Arn, Caller};
use crate::settings::Settings;

/// The event that a rule is tried with, by the name of its resource; `bucket` is the log bucket's name.
pub fn sample_event(rule: &str, settings: &Settings, caller: &Caller, bucket: &str) -> Option<Value> {
    let name = |end: &str| settings.name.joined(end);
    let (service, action, request) = match rule {
        "trail" => ("cloudtrail", "StopLogging", json!({"name": name("-cloudtrail")})),
        "key" => ("kms", "DisableKey", json!({"keyId": format!("alias/{}", name("-kms-key"))})),
        "log_bucket" => ("s3", "PutBucketPolicy", json!({"bucketName": bucket})),
        "roles" | "global_events" => {
            ("iam", "AttachRolePolicy", json!({"roleName": name("-eks-service-role")}))
        }
        "alarms" => ("events", "DisableRule", json!({"name": name("-foundation-trail")})),
        "role_use" => {
            let role = format!("role{}{}", settings.iam_path.as_str(), name("-eks-service-role"));
            let arn = Arn::iam(caller.partition, &caller.account_id, role).to_string();
            ("sts", "AssumeRole", json!({"roleArn": arn}))
        }
        _ => return None,
    };
    Some(event(service, action, request, settings, caller))
}

fn event(service: &str, action: &str, request: Value, settings: &Settings, caller: &Caller) -> Value {
    let (account, region) = (caller.account_id.as_str(), settings.aws_region.as_str());
    let time = "2026-01-01T00:00:00Z";
    json!({
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000000",
        "detail-type": "AWS API Call via CloudTrail",
        "source": format!("aws.{service}"),
        "account": account,
        "time": time,
        "region": region,
        "resources": [],
        "detail": {
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "AssumedRole",
                "arn": format!("arn:{}:sts::{account}:assumed-role/TEST/TEST", caller.partition),
                "accountId": account,
            },
            "eventTime": time,
            "eventSource": format!("{service}.amazonaws.com"),
            "eventName": action,
            "awsRegion": region,
            "sourceIPAddress": "192.0.2.1",
            "userAgent": "TEST",
            "requestParameters": request,
            "responseElements": null,
            "eventID": "00000000-0000-0000-0000-000000000000",
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "eventCategory": "Management",
        },
    })
}
