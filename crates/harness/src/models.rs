//! Holds requests against AWS's own service models, as botocore carries them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::error::Error;
use crate::oracles::Oracles;
use crate::requests::FILE;

/// What the check of the models found.
#[derive(Clone, Debug)]
pub struct Models {
    /// How many requests were looked at.
    pub requests: u64,
    /// `service:Operation` of each of them, once.
    pub operations: Vec<String>,
    /// What a model forbids: operation, member, and why.
    pub faults: Vec<String>,
}

impl Models {
    /// Checks what was written down in a directory.
    ///
    /// # Errors
    /// Not set up, nothing was written down, or botocore cannot read it.
    pub fn check(oracles: &Oracles, directory: &Path) -> Result<Self, Error> {
        let output = Command::new(oracles.python())
            .args(["-c", include_str!("models.py")])
            .arg(directory.join(FILE))
            .output()?;
        let failed = |reason: String| Error::Models { reason };
        if !output.status.success() {
            return Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        let answer: Value =
            serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))?;
        let texts = |name: &str| {
            let list = answer.get(name).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Ok(Self {
            requests: answer.get("requests").and_then(Value::as_u64).unwrap_or_default(),
            operations: texts("operations"),
            faults: texts("faults"),
        })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::*;

    /// A recorded request of a service.
    fn request(service: &str, start: &str, headers: &Value, body: &[u8]) -> String {
        let mut headers = headers.clone();
        headers["authorization"] =
            format!("AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/{service}/aws4_request, x").into();
        json!({"start": start, "headers": headers, "body": STANDARD.encode(body)}).to_string()
    }

    /// What is found in these requests.
    fn found(requests: &[String]) -> Models {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(FILE), requests.join("\n")).unwrap();
        Models::check(&Oracles::find().unwrap(), directory.path()).unwrap()
    }

    #[test]
    fn what_a_model_forbids_is_found_in_every_protocol() {
        let json = |body: &Value| {
            let target = json!({"x-amz-target": "TrentService.CreateAlias"});
            request("kms", "POST / HTTP/1.1", &target, body.to_string().as_bytes())
        };
        let query = |body: &str| {
            let form = json!({"content-type": "application/x-www-form-urlencoded"});
            request("iam", "POST / HTTP/1.1", &form, body.as_bytes())
        };
        let s3 = |start: &str, body: &str| request("s3", start, &json!({}), body.as_bytes());
        let cbor = |body: &[u8]| {
            let protocol = json!({"smithy-protocol": "rpc-v2-cbor"});
            let start = "POST /service/GraniteServiceVersion20100801/operation/DeleteAlarms HTTP/1.1";
            request("monitoring", start, &protocol, body)
        };
        let versioning = |status: &str| {
            s3(
                "PUT /bucket?versioning HTTP/1.1",
                &format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>"),
            )
        };
        // {"AlarmNames": ["a"]} and {"AlarmNames": [""]}
        let names = |name: &[u8]| [b"\xa1\x6aAlarmNames\x81", name].concat();
        for (request, fault) in [
            (json(&json!({"AliasName": "alias/a", "TargetKeyId": "k"})), None),
            (json(&json!({"AliasName": "alias/a"})), Some("kms:CreateAlias.TargetKeyId: required")),
            (json(&json!({"AliasName": "a b", "TargetKeyId": "k"})), Some("does not match")),
            (json(&json!({"AliasName": "alias/a", "TargetKeyId": "k", "Tag": 1})), Some("no such member")),
            (query("Action=GetRole&Version=2010-05-08&RoleName=r"), None),
            (query("Action=GetRole&Version=2010-05-08&RoleName=a+b"), Some("iam:GetRole.RoleName")),
            (
                query(&format!("Action=GetRole&Version=2010-05-08&RoleName={}", "r".repeat(65))),
                Some("65 characters, at most 64"),
            ),
            (versioning("Enabled"), None),
            (versioning("On"), Some("'On' is none of Enabled, Suspended")),
            (cbor(&names(b"\x61a")), None),
            (cbor(&names(b"\x60")), Some("0 characters, at least 1")),
            (s3("POST /bucket/key/x?nothing HTTP/1.1", ""), Some("cannot be read")),
        ] {
            let faults = found(std::slice::from_ref(&request)).faults;
            match fault {
                None => assert_eq!(faults, Vec::<String>::new(), "{request}"),
                Some(words) => {
                    assert!(faults.iter().any(|fault| fault.contains(words)), "{words}: {faults:?}")
                }
            }
        }
    }
}
