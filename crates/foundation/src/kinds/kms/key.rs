//! `aws_kms_key`: a symmetric encryption key with rotation.

use std::collections::BTreeMap;

use policy::{Kind, Policy};
use serde_json::json;
use terraform::{Attributes, Value};

use crate::resource::{described, fields};
use crate::schema::{
    FoundBy, Lead, Power, Removal, Schema, Usual, argument, aws, computed, fixed, kept,
    policy as policy_argument, tags_all, unrecorded,
};

/// As of provider 3.39.0, which knows no rotation period.
pub static SCHEMA: Schema = aws(
    "aws_kms_key",
    &["main"],
    &[
        argument("description"),
        argument("enable_key_rotation"),
        argument("is_enabled").usually(Usual::Bool(true)).changing(ENABLING).power(Power::KeyUse),
        policy_argument("policy", Kind::Key),
        argument("tags"),
        fixed("customer_master_key_spec").usually(Usual::Text("SYMMETRIC_DEFAULT")),
        fixed("key_usage").usually(Usual::Text("ENCRYPT_DECRYPT")),
        kept("deletion_window_in_days"),
        unrecorded("rotation_period_in_days"),
        computed("arn"),
        computed("id"),
        computed("key_id"),
        tags_all(),
    ],
)
.reads(&["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"])
.titled(&["{id}"])
.removal(Removal::Scheduled {
    because: "without it the logs cannot be read; about 1 USD a month, and 1 USD more for each of its first two rotations",
    date: "deletion_date",
    window: "deletion_window_in_days",
})
.found_by(FoundBy::Leads {
    names: &["key_id", "arn", "id"],
    leads: &[
        Lead::Named { by: "aws_kms_alias", attribute: "target_key_id", says: "{} points to it" },
        Lead::Named { by: "aws_cloudtrail", attribute: "kms_key_id", says: "the trail {} encrypts with it" },
    ],
});

/// Where a key's material comes from, as it is read: no attribute of the schema, neither compared nor recorded.
pub const ORIGIN: &str = "origin";

/// What KMS does by itself with a key of this origin alone (KMS developer guide, `rotate-keys`).
pub const ROTATED: [&str; 2] = ["enable_key_rotation", "rotation_period_in_days"];

/// Whether KMS can rotate a key, as far as its origin tells.
pub fn is_rotatable(observed: &Attributes) -> bool {
    observed.get(ORIGIN).and_then(Value::as_str).is_none_or(|origin| origin == "AWS_KMS")
}

/// What happens to a key whose deletion is scheduled.
const ENABLING: &str = "enables the key; if its deletion is scheduled, that is cancelled first";

/// A desired key.
#[derive(Clone, Copy, Debug)]
pub struct KmsKey<'a> {
    /// What it is for; `None` leaves it open.
    pub description: Option<&'a String>,
    /// Who may use it.
    pub policy: &'a Policy,
    /// 7 to 30.
    pub deletion_window_in_days: u32,
    /// 90 to 2560.
    pub rotation_period_in_days: u32,
    /// All its tags.
    pub tags: &'a BTreeMap<String, String>,
}

impl KmsKey<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        let mut arguments = described(self.description.map(String::as_str));
        arguments.extend(fields(json!({
            "policy": self.policy.to_json(),
            "enable_key_rotation": true,
            "rotation_period_in_days": self.rotation_period_in_days,
            "is_enabled": true,
            "customer_master_key_spec": "SYMMETRIC_DEFAULT",
            "key_usage": "ENCRYPT_DECRYPT",
            "deletion_window_in_days": self.deletion_window_in_days,
            "tags": self.tags,
        })));
        arguments
    }
}
