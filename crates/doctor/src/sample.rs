//! Recorded facts for tests: what AWS answers where everything is as the settings say.

mod alerts;
mod bucket;
mod healthy;
mod reads;
mod records;
mod state;
mod trail;

use std::collections::BTreeMap;

use foundation::testing::settings;
use foundation::{Caller, Settings};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::case::Asks;
use crate::facts::*;
use crate::report::{Report, examine};

pub(crate) use healthy::empty;
pub(crate) use reads::each as each_read;
pub(crate) use records::{denied, refusal};

pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);
pub(crate) const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
pub(crate) const ACCOUNT: &str = "123456789012";

/// A case with its own facts, to be meddled with.
#[derive(Clone)]
pub(crate) struct World {
    pub settings: Settings,
    pub caller: Caller,
    pub facts: Facts,
    pub asks: Asks,
}

/// Settings that use everything that can be checked.
pub(crate) fn everything() -> Value {
    json!({
        "artos_ecr_aws_account": "999988887777",
        "kms_allow_autoscaling": true,
        "kms_key_administrators": ["arn:aws:iam::123456789012:role/KeyAdmin"],
        "create_node_instance_profile": true,
        "cloudtrail_bucket_suffix": "0123abcd",
        "cloudtrail_log_retention_days": 400,
        "cloudtrail_object_lock": {"mode": "GOVERNANCE", "days": 365},
        "cloudtrail_access_log_bucket": "artos-access-logs",
        "monitoring": {"emails": ["security@example.com", "ops@example.com"], "heartbeat": true},
    })
}

impl World {
    /// A healthy one.
    pub(crate) fn new(changes: &Value) -> Self {
        let settings = settings(changes.clone());
        let partition = settings.aws_region.partition();
        let caller = Caller { account_id: ACCOUNT.parse().unwrap(), partition };
        let facts = healthy::healthy(&settings, &caller);
        Self { settings, caller, facts, asks: Asks::default() }
    }

    pub(crate) fn report(&self) -> Report {
        examine(&self.settings, &self.caller, &self.facts, &self.asks)
    }

    pub(crate) fn role(&mut self, part: &str) -> &mut RoleFacts {
        self.facts.roles.get_mut(part).unwrap()
    }

    pub(crate) fn record(&mut self, part: &str) -> &mut RoleRecord {
        let Read::Found(record) = &mut self.role(part).record else { panic!("no role") };
        record
    }

    pub(crate) fn inline(&mut self, part: &str) -> &mut BTreeMap<String, Read<String>> {
        let Read::Found(inline) = &mut self.role(part).inline else { panic!("no inline policies") };
        inline
    }

    pub(crate) fn key(&mut self) -> &mut KeyMetadata {
        let Read::Found(key) = &mut self.facts.key.metadata else { panic!("no key") };
        key
    }

    pub(crate) fn trail(&mut self) -> &mut TrailDescription {
        self.trails().first_mut().unwrap()
    }

    pub(crate) fn trails(&mut self) -> &mut Vec<TrailDescription> {
        let Read::Found(trails) = &mut self.facts.trail.trails else { panic!("no trails") };
        trails
    }

    pub(crate) fn status(&mut self) -> &mut TrailStatus {
        let Read::Found(status) = &mut self.facts.trail.status else { panic!("no status") };
        status
    }

    pub(crate) fn bucket(&mut self) -> &mut BucketFacts {
        self.facts.log_bucket.as_mut().unwrap()
    }

    pub(crate) fn target(&mut self) -> &mut BucketFacts {
        self.facts.access_log_bucket.as_mut().unwrap()
    }

    pub(crate) fn alerts(&mut self) -> &mut AlertFacts {
        self.facts.alerts.as_mut().unwrap()
    }

    pub(crate) fn rule(&mut self, part: &str) -> &mut RuleFacts {
        let Some(Read::Found(rule)) = self.alerts().rules.get_mut(part) else { panic!("no rule {part}") };
        rule
    }

    pub(crate) fn topic(&mut self) -> &mut TopicFacts {
        let Read::Found(topic) = &mut self.alerts().topic else { panic!("no topic") };
        topic
    }

    pub(crate) fn alarm(&mut self) -> &mut AlarmFacts {
        let alarm = self.alerts().alarms.values_mut().next();
        let Some(Read::Found(alarm)) = alarm else { panic!("no alarm") };
        alarm
    }

    pub(crate) fn state(&mut self) -> &mut StateFacts {
        self.facts.state.as_mut().unwrap()
    }

    pub(crate) fn state_bucket(&mut self) -> &mut BucketFacts {
        self.state().bucket.as_mut().unwrap()
    }

    /// Changes a policy as JSON: its statements.
    pub(crate) fn statements(policy: &mut Read<String>, change: impl FnOnce(&mut Vec<Value>)) {
        let Read::Found(text) = policy else { panic!("no policy") };
        let mut document: Value = serde_json::from_str(text).unwrap();
        change(document["Statement"].as_array_mut().unwrap());
        *text = document.to_string();
    }

    pub(crate) fn history(&mut self, source: &str, events: Vec<Event>) {
        let history = History { events, reaches_back_to: None, source: "cloudtrail:LookupEvents".to_owned() };
        self.facts.history.insert(source.to_owned(), Read::Found(history));
    }
}

/// The ids of the checks that do not pass and are no symptoms.
pub(crate) fn causes(report: &Report) -> Vec<String> {
    let unhealthy = |check: &&crate::Check| check.status != crate::Status::Pass && check.because_of.is_none();
    report.checks.iter().filter(unhealthy).map(|check| check.id.clone()).collect()
}

fn found(text: Option<String>) -> Read<String> {
    text.map_or(Read::Absent, Read::Found)
}
