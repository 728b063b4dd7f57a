//! Requests as the AWS SDK for Rust, boto3 and the Terraform provider send them.

use super::*;
use crate::http::read_request;

fn named(bytes: &str) -> Call {
    let request = read_request(&mut bytes.as_bytes(), &mut Vec::new()).unwrap().unwrap();
    Call::of(1, &request)
}

fn signed(service: &str) -> String {
    format!(
        "Authorization: AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/{service}/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature=00\r\n"
    )
}

fn post(service: &str, headers: &str, body: &str) -> Call {
    let length = body.len();
    named(&format!(
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n{}{headers}Content-Length: {length}\r\n\r\n{body}",
        signed(service)
    ))
}

#[test]
fn json_calls_are_named_by_their_target() {
    let cases = [
        ("kms", "TrentService.CreateKey", r#"{"Description":"d"}"#, "CreateKey", ""),
        ("kms", "TrentService.DescribeKey", r#"{"KeyId":"alias/a"}"#, "DescribeKey", "alias/a"),
        (
            "kms",
            "TrentService.CreateAlias",
            r#"{"AliasName":"alias/a","TargetKeyId":"1"}"#,
            "CreateAlias",
            "alias/a",
        ),
        ("cloudtrail", "CloudTrail_20131101.StartLogging", r#"{"Name":"t"}"#, "StartLogging", "t"),
        (
            "cloudtrail",
            "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.PutEventSelectors",
            r#"{"TrailName":"t","EventSelectors":[]}"#,
            "PutEventSelectors",
            "t",
        ),
        ("dynamodb", "DynamoDB_20120810.PutItem", r#"{"TableName":"locks","Item":{}}"#, "PutItem", "locks"),
    ];
    for (service, target, body, action, resource) in cases {
        let headers = format!("X-Amz-Target: {target}\r\nContent-Type: application/x-amz-json-1.1\r\n");
        let call = post(service, &headers, body);
        let seen = (call.service.as_str(), call.action.as_str(), call.resource.as_str(), call.protocol);
        assert_eq!(seen, (service, action, resource, Protocol::Json));
        assert_eq!(call.access_key, "test");
    }
}

#[test]
fn a_target_names_the_service_of_an_unsigned_call() {
    let call = named("POST / HTTP/1.1\r\nX-Amz-Target: TrentService.ListKeys\r\nContent-Length: 2\r\n\r\n{}");
    assert_eq!((call.service.as_str(), call.action.as_str()), ("kms", "ListKeys"));
}

#[test]
fn query_calls_are_named_by_their_form() {
    let cases = [
        ("sts", "Action=GetCallerIdentity&Version=2011-06-15", "GetCallerIdentity", ""),
        ("iam", "Action=GetRole&RoleName=a%2Bb", "GetRole", "a+b"),
        (
            "iam",
            "Action=AttachRolePolicy&RoleName=r&PolicyArn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FP&Version=2010-05-08",
            "AttachRolePolicy",
            "r/P",
        ),
        ("iam", "Action=PutRolePolicy&RoleName=r&PolicyName=p&PolicyDocument=%7B%7D", "PutRolePolicy", "r/p"),
        ("iam", "Action=GetInstanceProfile&InstanceProfileName=i", "GetInstanceProfile", "i"),
    ];
    for (service, body, action, resource) in cases {
        let call = post(service, "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n", body);
        let seen = (call.service.as_str(), call.action.as_str(), call.resource.as_str(), call.protocol);
        assert_eq!(seen, (service, action, resource, Protocol::Query));
    }
}

#[test]
fn s3_calls_are_named_by_method_path_and_query() {
    let cases = [
        ("GET /", "ListBuckets", ""),
        ("GET /?x-id=ListBuckets", "ListBuckets", ""),
        ("HEAD /b", "HeadBucket", "b"),
        ("PUT /b/", "CreateBucket", "b"),
        ("DELETE /b", "DeleteBucket", "b"),
        ("GET /b?list-type=2&prefix=x", "ListObjectsV2", "b"),
        ("GET /b?versions", "ListObjectVersions", "b"),
        ("POST /b?delete", "DeleteObjects", "b"),
        ("PUT /b?policy", "PutBucketPolicy", "b"),
        ("GET /b?policyStatus", "GetBucketPolicyStatus", "b"),
        ("PUT /b?publicAccessBlock=", "PutPublicAccessBlock", "b"),
        ("GET /b?encryption", "GetBucketEncryption", "b"),
        ("PUT /b?ownershipControls", "PutBucketOwnershipControls", "b"),
        ("GET /b?object-lock", "GetObjectLockConfiguration", "b"),
        ("DELETE /b?lifecycle", "DeleteBucketLifecycleConfiguration", "b"),
        (
            "PUT /b/global/production/terraform.tfstate?x-id=PutObject",
            "PutObject",
            "b/global/production/terraform.tfstate",
        ),
        ("PUT /b/k", "PutObject", "b/k"),
        ("GET /b/a%20b", "GetObject", "b/a b"),
        ("HEAD /b/k", "HeadObject", "b/k"),
        ("DELETE /b/k.tflock?x-id=DeleteObject", "DeleteObject", "b/k.tflock"),
        ("PUT /b/k?tagging", "PutObjectTagging", "b/k"),
        ("POST /b/k?uploads", "CreateMultipartUpload", "b/k"),
    ];
    for (line, action, resource) in cases {
        let call = named(&format!("{line} HTTP/1.1\r\n{}\r\n", signed("s3")));
        assert_eq!(
            (call.action.as_str(), call.resource.as_str(), call.protocol),
            (action, resource, Protocol::S3),
            "{line}"
        );
    }
}

#[test]
fn rpc_calls_are_named_by_their_path() {
    let path = "/service/GraniteServiceVersion20100801/operation/PutMetricAlarm";
    let call = named(&format!("POST {path} HTTP/1.1\r\n{}\r\n", signed("monitoring")));
    assert_eq!((call.service.as_str(), call.action.as_str()), ("monitoring", "PutMetricAlarm"));
    assert_eq!(call.protocol, Protocol::Cbor);
}

#[test]
fn what_is_no_aws_call_keeps_its_path() {
    let call = named("POST /moto-api/reset HTTP/1.1\r\n\r\n");
    assert_eq!((call.service.as_str(), call.action.as_str()), ("http", "POST /moto-api/reset"));
    assert_eq!(call.protocol, Protocol::Other);
}
