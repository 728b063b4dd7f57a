//! The chain from an event to whoever is told.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::Read;

/// What was read of the alarms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertFacts {
    /// The rules by the names of their addresses.
    pub rules: BTreeMap<String, Read<RuleFacts>>,
    /// The topic.
    pub topic: Read<TopicFacts>,
    /// Whom the topic tells.
    pub subscribers: Read<Vec<Subscriber>>,
    /// The alarms on metrics by the names of their addresses.
    pub alarms: BTreeMap<String, Read<AlarmFacts>>,
}

/// A rule as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFacts {
    /// Whether it is asked at all.
    pub enabled: bool,
    /// Which events match.
    pub pattern: String,
    /// The ARNs of where it sends them.
    pub targets: Read<Vec<String>>,
}

/// A topic as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicFacts {
    /// Its policy.
    pub policy: String,
    /// The key that it names, by id, ARN or alias; none where it is not encrypted.
    pub key: Option<String>,
    /// That key, where it is not the deployment's.
    pub other_key: Option<Read<OtherKey>>,
}

/// A key that is not the deployment's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherKey {
    /// Its ARN.
    pub arn: String,
    /// `Enabled`, `Disabled`, …
    pub state: String,
    /// Its policy.
    pub policy: String,
}

/// Somebody whom a topic tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    /// The address.
    pub endpoint: String,
    /// Whether it followed the link in AWS's e-mail.
    pub confirmed: bool,
    /// Which messages it is told of, where not of all; read of the settings' own addresses alone.
    pub filter: Read<String>,
}

/// An alarm on a metric as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmFacts {
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
    /// Why, in CloudWatch's words.
    pub reason: String,
    /// Since when.
    pub since: Option<OffsetDateTime>,
    /// Whether it does anything when its state changes.
    pub acts: bool,
    /// The ARNs that it tells.
    pub actions: Vec<String>,
}
