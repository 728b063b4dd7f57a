//! Eventual consistency: for a while after its creation, a new object is "not found" to whoever asks or builds on it.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::answer::Answer;
use crate::call::Call;
use crate::http::Message;

/// The objects that are there but cannot be seen yet.
#[derive(Debug)]
pub(crate) struct Newborns {
    delay: Duration,
    visible: HashMap<(Kind, String), Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Role,
    InstanceProfile,
    Key,
    KeyPolicy,
    Alias,
    Bucket,
    BucketPolicy,
    Trail,
}

impl Newborns {
    pub(crate) fn new(delay: Duration) -> Self {
        Self { delay, visible: HashMap::new() }
    }

    /// Takes note of what an executed call has created.
    pub(crate) fn note(&mut self, call: &Call, answer: &Message, now: Instant) {
        if answer.status() >= 300 {
            return;
        }
        let named = |kind, name: &str| call.parameter(name).map(|value| (kind, id(value).to_owned()));
        let born = match (call.service.as_str(), call.action.as_str()) {
            ("iam", "CreateRole") => named(Kind::Role, "RoleName"),
            ("iam", "CreateInstanceProfile") => named(Kind::InstanceProfile, "InstanceProfileName"),
            ("kms", "CreateKey") => created_key(answer).map(|key| (Kind::Key, key)),
            ("kms", "PutKeyPolicy") => named(Kind::KeyPolicy, "KeyId"),
            ("kms", "CreateAlias") => named(Kind::Alias, "AliasName"),
            ("s3", "CreateBucket") => named(Kind::Bucket, "Bucket"),
            ("s3", "PutBucketPolicy") => named(Kind::BucketPolicy, "Bucket"),
            ("cloudtrail", "CreateTrail") => named(Kind::Trail, "Name"),
            _ => None,
        };
        if let Some(born) = born {
            self.visible.insert(born, now + self.delay);
        }
    }

    /// Answers the error that AWS gives while it does not see what the call needs.
    pub(crate) fn refuse(&self, call: &Call, now: Instant) -> Option<Answer> {
        let hidden =
            |kind, name: &str| call.parameter(name).is_some_and(|value| self.hides(kind, id(value), now));
        let (status, code) = match (call.service.as_str(), call.action.as_str()) {
            ("iam", "CreateRole" | "CreateInstanceProfile") => return None,
            ("iam", _)
                if hidden(Kind::Role, "RoleName") || hidden(Kind::InstanceProfile, "InstanceProfileName") =>
            {
                (404, "NoSuchEntity")
            }
            ("kms", "CreateKey" | "PutKeyPolicy") if self.names_hidden_role(call, now) => {
                (400, "MalformedPolicyDocumentException")
            }
            ("kms", _)
                if hidden(Kind::Key, "KeyId")
                    || hidden(Kind::Key, "TargetKeyId")
                    || hidden(Kind::Alias, "KeyId") =>
            {
                (400, "NotFoundException")
            }
            ("s3", "CreateBucket") => return None,
            ("s3", _) if hidden(Kind::Bucket, "Bucket") => (404, "NoSuchBucket"),
            ("cloudtrail", "CreateTrail" | "UpdateTrail") => return self.refuse_trail(call, now),
            ("cloudtrail", _) if hidden(Kind::Trail, "Name") || hidden(Kind::Trail, "TrailName") => {
                (400, "TrailNotFoundException")
            }
            _ => return None,
        };
        Some(Answer::error(call, status, code))
    }

    /// Takes out of a listing what cannot be seen yet.
    pub(crate) fn hide(&self, call: &Call, answer: &mut Message, now: Instant) {
        let (list, member, kind) = match (call.service.as_str(), call.action.as_str()) {
            ("kms", "ListKeys") => ("Keys", "KeyId", Kind::Key),
            ("kms", "ListAliases") => ("Aliases", "AliasName", Kind::Alias),
            ("cloudtrail", "DescribeTrails") => ("trailList", "Name", Kind::Trail),
            ("cloudtrail", "ListTrails") => ("Trails", "Name", Kind::Trail),
            _ => return,
        };
        let Ok(mut listing) = serde_json::from_slice::<serde_json::Value>(&answer.body) else { return };
        let Some(items) = listing.get_mut(list).and_then(serde_json::Value::as_array_mut) else { return };
        items.retain(|item| {
            let name = item.get(member).and_then(serde_json::Value::as_str);
            !name.is_some_and(|name| self.hides(kind, name, now))
        });
        answer.body = listing.to_string().into_bytes();
    }

    fn refuse_trail(&self, call: &Call, now: Instant) -> Option<Answer> {
        let hidden =
            |kind, name: &str| call.parameter(name).is_some_and(|value| self.hides(kind, id(value), now));
        let code = if hidden(Kind::Bucket, "S3BucketName") {
            "S3BucketDoesNotExistException"
        } else if hidden(Kind::BucketPolicy, "S3BucketName") {
            "InsufficientS3BucketPolicyException"
        } else if hidden(Kind::Key, "KmsKeyId") || hidden(Kind::KeyPolicy, "KmsKeyId") {
            "InsufficientEncryptionPolicyException"
        } else {
            return None;
        };
        Some(Answer::error(call, 400, code))
    }

    fn hides(&self, kind: Kind, name: &str, now: Instant) -> bool {
        self.visible.get(&(kind, name.to_owned())).is_some_and(|from| now < *from)
    }

    fn names_hidden_role(&self, call: &Call, now: Instant) -> bool {
        let policy = call.parameter("Policy").unwrap_or_default();
        self.visible
            .iter()
            .filter(|((kind, _), from)| *kind == Kind::Role && now < **from)
            .any(|((_, name), _)| policy.contains(&format!("role/{name}\"")))
    }
}

/// Answers the last part of a key or trail ARN; aliases and plain names as they are.
fn id(value: &str) -> &str {
    match value.split_once(":alias/") {
        Some(_) => value.rsplit_once(':').map_or(value, |(_, alias)| alias),
        None if value.starts_with("arn:") => value.rsplit('/').next().unwrap_or(value),
        None => value,
    }
}

fn created_key(answer: &Message) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
    Some(body.get("KeyMetadata")?.get("KeyId")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::error_code;
    use crate::call::Protocol;

    fn call(service: &str, action: &str, parameters: &[(&str, &str)]) -> Call {
        Call {
            index: 1,
            service: service.to_owned(),
            action: action.to_owned(),
            resource: String::new(),
            protocol: if service == "iam" { Protocol::Query } else { Protocol::Json },
            parameters: parameters
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: String::new(),
            access_key: String::new(),
            region: String::new(),
        }
    }

    fn ok(body: &str) -> Message {
        Answer::new(200, "application/json", body).into_message()
    }

    #[test]
    fn a_newborn_is_not_found_until_its_time() {
        let born = Instant::now();
        let mut newborns = Newborns::new(Duration::from_secs(2));
        newborns.note(&call("iam", "CreateRole", &[("RoleName", "r")]), &ok(""), born);
        newborns.note(&call("kms", "CreateKey", &[]), &ok(r#"{"KeyMetadata":{"KeyId":"k-1"}}"#), born);
        newborns.note(&call("s3", "PutBucketPolicy", &[("Bucket", "b")]), &ok(""), born);
        newborns.note(&call("cloudtrail", "CreateTrail", &[("Name", "t")]), &ok("{}"), born);
        let arn = "arn:aws:kms:us-east-1:123456789012:key/k-1";
        let cases = [
            (call("iam", "AttachRolePolicy", &[("RoleName", "r")]), "NoSuchEntity"),
            (call("kms", "DescribeKey", &[("KeyId", arn)]), "NotFoundException"),
            (call("kms", "CreateAlias", &[("TargetKeyId", "k-1")]), "NotFoundException"),
            (
                call(
                    "kms",
                    "PutKeyPolicy",
                    &[("KeyId", "k-2"), ("Policy", r#"{"AWS":"arn:aws:iam::1:role/r"}"#)],
                ),
                "MalformedPolicyDocumentException",
            ),
            (
                call("cloudtrail", "CreateTrail", &[("S3BucketName", "b"), ("KmsKeyId", arn)]),
                "InsufficientS3BucketPolicyException",
            ),
            (
                call("cloudtrail", "CreateTrail", &[("S3BucketName", "other"), ("KmsKeyId", arn)]),
                "InsufficientEncryptionPolicyException",
            ),
            (
                call("cloudtrail", "StartLogging", &[("Name", "arn:aws:cloudtrail:us-east-1:1:trail/t")]),
                "TrailNotFoundException",
            ),
        ];
        for (call, code) in &cases {
            let answer = newborns.refuse(call, born + Duration::from_millis(1_999)).unwrap();
            assert_eq!(error_code(&answer.into_message()).as_deref(), Some(*code), "{call:?}");
            assert_eq!(newborns.refuse(call, born + Duration::from_secs(2)), None, "{call:?}");
        }
    }

    #[test]
    fn a_listing_is_without_what_is_new() {
        let born = Instant::now();
        let mut newborns = Newborns::new(Duration::from_secs(2));
        newborns.visible.insert((Kind::Key, "b".to_owned()), born + Duration::from_secs(2));
        let listing = || Answer::new(200, "x", r#"{"Keys":[{"KeyId":"a"},{"KeyId":"b"}]}"#).into_message();
        let (mut early, mut late) = (listing(), listing());
        newborns.hide(&call("kms", "ListKeys", &[]), &mut early, born);
        newborns.hide(&call("kms", "ListKeys", &[]), &mut late, born + Duration::from_secs(2));
        assert_eq!((early.body, late.body), (br#"{"Keys":[{"KeyId":"a"}]}"#.to_vec(), listing().body));
    }

    #[test]
    fn a_failed_create_hides_nothing() {
        let mut newborns = Newborns::new(Duration::from_secs(2));
        let create = call("iam", "CreateRole", &[("RoleName", "r")]);
        let refused = Answer::error(&create, 409, "EntityAlreadyExists").into_message();
        newborns.note(&create, &refused, Instant::now());
        assert_eq!(newborns.refuse(&call("iam", "GetRole", &[("RoleName", "r")]), Instant::now()), None);
    }
}
