//! Settings and states for tests.

use foundation::addresses::deployment;
use foundation::{Caller, Origin, Partition, SettingValue, Settings};
use serde_json::{Value, json};
use terraform::State;
use terraform::state::Instance;

/// The document's example with the fields of `changes` set over it.
pub(crate) fn settings(changes: Value) -> Settings {
    let mut values = json!({
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
    let values = values.as_object_mut().unwrap();
    values.extend(changes.as_object().unwrap().clone());
    let values: Vec<_> =
        values.iter().map(|(name, value)| SettingValue::new(name, value.clone(), Origin::File)).collect();
    Settings::from_values(&values).unwrap().0
}

/// Everything switched on.
pub(crate) fn everything() -> Settings {
    settings(json!({
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
    }))
}

/// Account 123456789012 in a partition.
pub(crate) fn caller(partition: Partition) -> Caller {
    Caller { account_id: "123456789012".parse().unwrap(), partition }
}

/// A state that records only the deployment.
pub(crate) fn state() -> State {
    let mut state = State::empty("lineage");
    let suffix = json!({"value": "1a2b3c4d", "type": "string"});
    let record = json!({"id": "4aaa0000-1111-2222-3333-444455556666", "input": suffix, "output": suffix, "triggers_replace": null});
    let record = record.as_object().unwrap().clone();
    state.record(
        &deployment(),
        "provider[\"terraform.io/builtin/terraform\"]",
        Instance::new(0, record, Vec::new()),
    );
    state
}
