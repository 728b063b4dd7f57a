//! The document's example, for tests: of this crate, and with the feature `testing` of others.

#![allow(clippy::unwrap_used, reason = "what a test is given is good, or the test fails")]

use serde_json::{Value, json};

use crate::{Blueprint, Caller, Origin, Partition, SettingValue, Settings, blueprint};

/// The account of the tests.
pub const ACCOUNT: &str = "123456789012";

/// The document's example with the fields of `changes` set over it.
///
/// # Panics
/// `changes` is no object.
pub fn example(changes: Value) -> Vec<SettingValue> {
    let values = json!({
        "project_name": "genai-artos",
        "environment": "production",
        "aws_region": "us-east-1",
        "terraform_state_bucket": "artos-terraform-state",
        "tags": {
            "system_owner": "platform-team@company.com",
            "system_admin": "devops@company.com",
            "created_by": "Terraform",
            "cost_center": "engineering",
            "application": "artos-backend",
        },
    });
    let values = over(values, changes);
    let values = values.as_object().unwrap().iter();
    values.map(|(name, value)| SettingValue::new(name, value.clone(), Origin::File)).collect()
}

/// The settings of the example with `changes`.
///
/// # Panics
/// They are not valid.
pub fn settings(changes: Value) -> Settings {
    Settings::from_values(&example(changes)).unwrap().0
}

/// The example's blueprint with `changes`, in [`ACCOUNT`].
///
/// # Panics
/// They are not valid.
pub fn drawn(changes: Value) -> Blueprint {
    let settings = settings(changes);
    blueprint(&settings, &caller(settings.aws_region.partition()))
}

/// [`ACCOUNT`] in a partition.
///
/// # Panics
/// Never.
pub fn caller(partition: Partition) -> Caller {
    Caller { account_id: ACCOUNT.parse().unwrap(), partition }
}

/// An object with the fields of another set over it.
///
/// # Panics
/// One is no object.
pub fn over(mut object: Value, changes: Value) -> Value {
    object.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    object
}

/// The changes that switch everything on.
pub fn everything() -> Value {
    json!({
        "artos_ecr_aws_account": "210987654321",
        "kms_key_administrators": ["arn:aws:iam::123456789012:role/KeyAdmin", "arn:aws:iam::123456789012:user/break-glass"],
        "kms_allow_autoscaling": true,
        "create_node_instance_profile": true,
        "create_log_reader_policy": true,
        "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/Boundary",
        "iam_path": "/platform/",
        "exclusive_role_policies": true,
        "cloudtrail_s3_data_events": {"scope": "buckets", "buckets": ["uploads", "reports"]},
        "cloudtrail_bucket_suffix": "audit",
        "cloudtrail_log_retention_days": 365,
        "cloudtrail_object_lock": {"mode": "GOVERNANCE", "days": 30},
        "cloudtrail_access_log_bucket": "access-logs",
    })
}
