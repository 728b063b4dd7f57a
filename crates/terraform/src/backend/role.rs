//! Roles that the backend takes on.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};

use super::secret::Secret;
use super::setting::{text, texts};

/// A role taken on with the credentials found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssumeRole {
    /// The role.
    pub role_arn: String,
    /// How long its credentials last.
    pub duration: Option<Duration>,
    /// What the role's trust policy wants to hear.
    pub external_id: Option<String>,
    /// A policy that narrows the session.
    pub policy: Option<String>,
    /// Managed policies that narrow the session.
    pub policy_arns: Vec<String>,
    /// The session's name in logs.
    pub session_name: Option<String>,
    /// Who is behind the session.
    pub source_identity: Option<String>,
    /// Session tags.
    pub tags: BTreeMap<String, String>,
    /// The tags that further roles inherit.
    pub transitive_tag_keys: Vec<String>,
}

/// A role taken on with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRoleWithWebIdentity {
    /// The role.
    pub role_arn: String,
    /// How long its credentials last.
    pub duration: Option<Duration>,
    /// A policy that narrows the session.
    pub policy: Option<String>,
    /// Managed policies that narrow the session.
    pub policy_arns: Vec<String>,
    /// The session's name in logs.
    pub session_name: Option<String>,
    /// The token.
    pub token: WebIdentityToken,
}

/// Where a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebIdentityToken {
    /// Here.
    Text(Secret),
    /// In a file.
    File(String),
}

impl AssumeRole {
    /// From the converted value of the argument.
    pub(super) fn new(fields: &Map<String, Value>) -> Option<Self> {
        let tags = fields.get("tags").and_then(Value::as_object);
        Some(Self {
            role_arn: text(fields.get("role_arn"))?,
            duration: session_duration(fields),
            external_id: text(fields.get("external_id")),
            policy: text(fields.get("policy")),
            policy_arns: texts(fields.get("policy_arns")),
            session_name: text(fields.get("session_name")),
            source_identity: text(fields.get("source_identity")),
            tags: tags
                .into_iter()
                .flatten()
                .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
                .collect(),
            transitive_tag_keys: texts(fields.get("transitive_tag_keys")),
        })
    }
}

impl AssumeRoleWithWebIdentity {
    /// From the converted value of the argument.
    pub(super) fn new(fields: &Map<String, Value>) -> Option<Self> {
        let token =
            match (text(fields.get("web_identity_token")), text(fields.get("web_identity_token_file"))) {
                (Some(token), None) => WebIdentityToken::Text(Secret::new(token)),
                (None, Some(file)) => WebIdentityToken::File(file),
                _ => return None,
            };
        Some(Self {
            role_arn: text(fields.get("role_arn"))?,
            duration: session_duration(fields),
            policy: text(fields.get("policy")),
            policy_arns: texts(fields.get("policy_arns")),
            session_name: text(fields.get("session_name")),
            token,
        })
    }
}

fn session_duration(fields: &Map<String, Value>) -> Option<Duration> {
    parse_duration(&text(fields.get("duration"))?)
}

/// A duration in Go's notation, such as `1h30m` or `900s`.
pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest.is_empty() {
        return None;
    }
    let mut seconds = 0.0_f64;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let (amount, tail) = rest.split_at_checked(number)?;
        let unit = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(unit)?;
        let scale = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        seconds += amount.parse::<f64>().ok()? * scale;
        rest = tail;
    }
    Duration::try_from_secs_f64(seconds).ok()
}
