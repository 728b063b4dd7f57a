//! Names an AWS call from its HTTP request: service, action, and what it is about.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::http::Message;

/// How a service writes its errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// AWS JSON 1.0 and 1.1: kms, cloudtrail, dynamodb.
    Json,
    /// AWS query: iam, sts.
    Query,
    /// S3's REST and XML.
    S3,
    /// Smithy RPC v2 with CBOR, which is not read: cloudwatch.
    Cbor,
    /// Not known to be an AWS call.
    Other,
}

/// One call as an AWS client sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its place in the order of arrival, from 1.
    pub index: u64,
    /// The signing name: `iam`, `kms`, `s3`, `sts`, `cloudtrail`, `dynamodb`.
    pub service: String,
    /// The API's name for it: `CreateRole`, `PutBucketPolicy`.
    pub action: String,
    /// What it is about, as far as the request tells: a role, `role/policy`, a key, `bucket/key`.
    pub resource: String,
    /// How the service writes its errors.
    pub protocol: Protocol,
    /// The string parameters at the top level; for S3 `Bucket` and `Key`.
    pub parameters: BTreeMap<String, String>,
    /// The request's body.
    pub body: String,
    /// The access key that signed it; empty when nothing did.
    pub access_key: String,
    /// The region that it was signed for; empty when nothing was.
    pub region: String,
}

/// The parameters that name what a call is about, the first that is there wins.
const SUBJECTS: [&str; 11] = [
    "RoleName",
    "InstanceProfileName",
    "AWSServiceName",
    "Name",
    "TrailName",
    "AliasName",
    "TableName",
    "KeyId",
    "ResourceId",
    "PolicyArn",
    "UserName",
];

/// S3's sub-resources in a query, with the noun of their actions.
const S3_NOUNS: [(&str, &str); 20] = [
    ("accelerate", "BucketAccelerateConfiguration"),
    ("acl", "BucketAcl"),
    ("cors", "BucketCors"),
    ("encryption", "BucketEncryption"),
    ("legal-hold", "ObjectLegalHold"),
    ("lifecycle", "BucketLifecycleConfiguration"),
    ("location", "BucketLocation"),
    ("logging", "BucketLogging"),
    ("notification", "BucketNotificationConfiguration"),
    ("object-lock", "ObjectLockConfiguration"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy"),
    ("policyStatus", "BucketPolicyStatus"),
    ("publicAccessBlock", "PublicAccessBlock"),
    ("replication", "BucketReplication"),
    ("requestPayment", "BucketRequestPayment"),
    ("retention", "ObjectRetention"),
    ("tagging", "BucketTagging"),
    ("versioning", "BucketVersioning"),
    ("website", "BucketWebsite"),
];

impl Call {
    /// Names a request. What no AWS protocol explains gets the service `http` and its method and path as action.
    pub(crate) fn of(index: u64, request: &Message) -> Self {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let authorization = request.header("authorization").unwrap_or_default();
        let scope = signing_name(authorization);
        let access_key = access_key(authorization).unwrap_or_default();
        let region = region(authorization).unwrap_or_default();
        let (path, query) = request.target().split_once('?').unwrap_or((request.target(), ""));
        let form = request
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let (protocol, service, action, parameters) = if let Some(target) = request.header("x-amz-target") {
            let (prefix, action) = target.rsplit_once('.').unwrap_or(("", target));
            let service = scope.unwrap_or_else(|| target_service(prefix));
            (Protocol::Json, service, action.to_owned(), json_parameters(&body))
        } else if form && body.contains("Action=") {
            let parameters = pairs(&body);
            let action = parameters.get("Action").cloned().unwrap_or_default();
            let service = scope.unwrap_or_else(|| "query".to_owned());
            (Protocol::Query, service, action, parameters)
        } else if scope.as_deref() == Some("s3") {
            let (action, parameters) = s3(request.method(), path, &pairs(query), request);
            (Protocol::S3, "s3".to_owned(), action, parameters)
        } else if let Some((_, action)) =
            path.strip_prefix("/service/").and_then(|path| path.split_once("/operation/"))
        {
            let service = scope.unwrap_or_else(|| "rpc".to_owned());
            (Protocol::Cbor, service, action.to_owned(), BTreeMap::new())
        } else {
            let action = format!("{} {path}", request.method());
            (Protocol::Other, scope.unwrap_or_else(|| "http".to_owned()), action, BTreeMap::new())
        };
        let resource = subject(&parameters);
        Self { index, service, action, resource, protocol, parameters, body, access_key, region }
    }

    /// Answers a string parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }
}

/// Answers the service of a `Credential=KEY/DATE/REGION/SERVICE/aws4_request` scope (without a region for SigV4a).
fn signing_name(authorization: &str) -> Option<String> {
    let (_, rest) = authorization.split_once("Credential=")?;
    let scope = rest.split([',', ' ']).next()?;
    scope.rsplit('/').nth(1).map(str::to_owned)
}

/// Answers the region of such a scope.
fn region(authorization: &str) -> Option<String> {
    let (_, rest) = authorization.split_once("Credential=")?;
    let scope = rest.split([',', ' ']).next()?;
    scope.rsplit('/').nth(2).map(str::to_owned)
}

/// Answers the access key of such a scope.
fn access_key(authorization: &str) -> Option<String> {
    let (_, rest) = authorization.split_once("Credential=")?;
    rest.split_once('/').map(|(key, _)| key.to_owned())
}

fn target_service(prefix: &str) -> String {
    let known = [("TrentService", "kms"), ("CloudTrail", "cloudtrail"), ("DynamoDB", "dynamodb")];
    known
        .iter()
        .find(|(part, _)| prefix.contains(part))
        .map_or_else(|| prefix.to_owned(), |(_, service)| (*service).to_owned())
}

fn json_parameters(body: &str) -> BTreeMap<String, String> {
    let Ok(serde_json::Value::Object(members)) = serde_json::from_str(body) else {
        return BTreeMap::new();
    };
    members
        .into_iter()
        .filter_map(|(name, value)| value.as_str().map(|text| (name, text.to_owned())))
        .collect()
}

fn subject(parameters: &BTreeMap<String, String>) -> String {
    let get = |name: &str| parameters.get(name).map(String::as_str);
    if let Some(bucket) = get("Bucket") {
        return get("Key").map_or_else(|| bucket.to_owned(), |key| format!("{bucket}/{key}"));
    }
    let Some((name, subject)) = SUBJECTS.iter().find_map(|name| get(name).map(|value| (*name, value))) else {
        return String::new();
    };
    let policy = get("PolicyName").or_else(|| get("PolicyArn").and_then(|arn| arn.rsplit('/').next()));
    match policy {
        Some(policy) if name == "RoleName" => format!("{subject}/{policy}"),
        _ => subject.to_owned(),
    }
}

fn s3(
    method: &str,
    path: &str,
    query: &BTreeMap<String, String>,
    request: &Message,
) -> (String, BTreeMap<String, String>) {
    let (bucket, key) =
        path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    let mut parameters = BTreeMap::new();
    if !bucket.is_empty() {
        parameters.insert("Bucket".to_owned(), decode(bucket));
    }
    if !key.is_empty() {
        parameters.insert("Key".to_owned(), decode(key));
    }
    let action = match query.get("x-id") {
        Some(action) => action.clone(),
        None if bucket.is_empty() => "ListBuckets".to_owned(),
        None if key.is_empty() => bucket_action(method, query),
        None => object_action(method, query, request),
    };
    (action, parameters)
}

fn bucket_action(method: &str, query: &BTreeMap<String, String>) -> String {
    let sub = S3_NOUNS.iter().find(|(name, _)| query.contains_key(*name));
    if let Some((_, noun)) = sub {
        return format!("{}{noun}", verb(method));
    }
    let action = match method {
        "HEAD" => "HeadBucket",
        "PUT" => "CreateBucket",
        "DELETE" => "DeleteBucket",
        "POST" if query.contains_key("delete") => "DeleteObjects",
        _ if query.contains_key("versions") => "ListObjectVersions",
        _ if query.contains_key("uploads") => "ListMultipartUploads",
        _ if query.get("list-type").is_some_and(|kind| kind == "2") => "ListObjectsV2",
        _ => "ListObjects",
    };
    action.to_owned()
}

fn object_action(method: &str, query: &BTreeMap<String, String>, request: &Message) -> String {
    let sub = S3_NOUNS.iter().find(|(name, _)| query.contains_key(*name));
    if let Some((_, noun)) = sub {
        return format!("{}{}", verb(method), noun.replace("Bucket", "Object"));
    }
    let action = match method {
        "HEAD" => "HeadObject",
        "DELETE" if query.contains_key("uploadId") => "AbortMultipartUpload",
        "DELETE" => "DeleteObject",
        "PUT" if query.contains_key("partNumber") => "UploadPart",
        "PUT" if request.header("x-amz-copy-source").is_some() => "CopyObject",
        "PUT" => "PutObject",
        "POST" if query.contains_key("uploads") => "CreateMultipartUpload",
        "POST" if query.contains_key("uploadId") => "CompleteMultipartUpload",
        "GET" if query.contains_key("uploadId") => "ListParts",
        _ => "GetObject",
    };
    action.to_owned()
}

fn verb(method: &str) -> &'static str {
    match method {
        "PUT" => "Put",
        "DELETE" => "Delete",
        _ => "Get",
    }
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// Undoes percent and plus encoding; what is not UTF-8 is replaced.
fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests;
