//! The document's example for other tests, and tables of good values.

mod problems;

use std::sync::Arc;

use serde_json::{Value, json};
use terraform::Source;

use super::*;
use crate::kinds::s3::bucket_object_lock_configuration::LockMode;
use crate::testing::{example, settings};

#[test]
fn the_documents_example_is_valid_and_has_the_defaults() {
    let (settings, warnings) = Settings::from_values(&example(json!({}))).unwrap();
    assert_eq!(warnings, []);
    let expected = Settings {
        name: DeploymentName::new("genai-artos", "production").unwrap(),
        aws_region: "us-east-1".parse().unwrap(),
        additional_regions: vec![],
        terraform_state_bucket: "artos-terraform-state".parse().unwrap(),
        tags: settings.tags.clone(),
        profile: Profile::Hardened,
        artos_ecr_aws_account: None,
        ecr_repository_prefixes: vec!["development".into(), "thirdparty".into()],
        kms_deletion_window_in_days: 7,
        kms_rotation_period_in_days: 365,
        kms_key_administrators: vec![],
        key_user_arns: vec![],
        log_reader_arns: vec![],
        key_policy_statements: vec![],
        bucket_policy_statements: vec![],
        ignore_tags: IgnoredTags::default(),
        kms_allow_cloudwatch_logs: true,
        kms_allow_autoscaling: false,
        restrict_service_principals: true,
        enable_fargate: true,
        create_node_instance_profile: false,
        create_log_reader_policy: false,
        permissions_boundary_arn: None,
        iam_path: IamPath::default(),
        exclusive_role_policies: false,
        cloudtrail_s3_data_events: DataEvents::TrailBucket,
        cloudtrail_bucket_suffix: None,
        cloudtrail_log_retention_days: None,
        cloudtrail_object_lock: None,
        cloudtrail_access_log_bucket: None,
        monitoring: None,
        accepted: None,
        adopted_bucket: None,
    };
    assert_eq!(settings, expected);
    assert_eq!(settings.tags.len(), 5);
    assert_eq!(settings.tags["system_owner"], "platform-team@company.com");
}

#[test]
fn null_is_the_default() {
    let every_optional = DECLARATIONS
        .iter()
        .filter(|declaration| declaration.default.is_some())
        .map(|declaration| (declaration.name.to_owned(), Value::Null))
        .collect::<serde_json::Map<_, _>>();
    assert_eq!(settings(Value::Object(every_optional)), settings(json!({})));
}

#[test]
fn every_setting_takes_effect() {
    let all = settings(json!({
        "profile": "document",
        "additional_regions": ["eu-central-1"],
        "artos_ecr_aws_account": "012345678901",
        "ecr_repository_prefixes": ["a/b", "c_d.e-f"],
        "kms_deletion_window_in_days": 30,
        "kms_rotation_period_in_days": 90,
        "kms_key_administrators": ["arn:aws:iam::123456789012:role/team/Admin", "arn:aws:iam::123456789012:root"],
        "kms_allow_cloudwatch_logs": false,
        "kms_allow_autoscaling": true,
        "restrict_service_principals": false,
        "enable_fargate": false,
        "create_node_instance_profile": true,
        "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/team/Boundary",
        "iam_path": "/platform/",
        "exclusive_role_policies": true,
        "cloudtrail_s3_data_events": {"scope": "buckets", "buckets": ["uploads", "reports"]},
        "cloudtrail_bucket_suffix": "audit-1",
        "cloudtrail_log_retention_days": 365,
        "cloudtrail_object_lock": {"mode": "COMPLIANCE", "days": 365},
        "cloudtrail_access_log_bucket": "genai-artos-production-cloudtrail-logs-audit-2",
    }));
    let bucket = |name: &str| name.parse::<BucketName>().unwrap();
    assert_eq!(all.profile, Profile::Document);
    assert_eq!(all.additional_regions, ["eu-central-1".parse().unwrap()]);
    assert_eq!(all.artos_ecr_aws_account.unwrap().as_str(), "012345678901");
    assert_eq!(all.ecr_repository_prefixes, ["a/b", "c_d.e-f"]);
    assert_eq!((all.kms_deletion_window_in_days, all.kms_rotation_period_in_days), (30, 90));
    assert_eq!(all.kms_key_administrators.len(), 2);
    assert!(!all.kms_allow_cloudwatch_logs && all.kms_allow_autoscaling && !all.restrict_service_principals);
    assert!(!all.enable_fargate && all.create_node_instance_profile && all.exclusive_role_policies);
    assert_eq!(all.permissions_boundary_arn.unwrap().resource(), "policy/team/Boundary");
    assert_eq!(all.iam_path.as_str(), "/platform/");
    assert_eq!(
        all.cloudtrail_s3_data_events,
        DataEvents::Buckets(vec![bucket("uploads"), bucket("reports")])
    );
    assert_eq!(all.cloudtrail_bucket_suffix.unwrap().as_str(), "audit-1");
    assert_eq!(all.cloudtrail_log_retention_days, Some(365));
    assert_eq!(all.cloudtrail_object_lock, Some(ObjectLock { mode: LockMode::Compliance, days: 365 }));
    assert!(all.cloudtrail_access_log_bucket.is_some());
}

#[test]
fn values_are_converted_as_terraform_converts_them() {
    let converted = settings(json!({
        "environment": 42,
        "tags": {"number": 7, "switch": true},
        "artos_ecr_aws_account": 123456789012_u64,
        "kms_deletion_window_in_days": "10",
        "enable_fargate": "false",
        "cloudtrail_object_lock": {"mode": "GOVERNANCE", "days": "3"},
    }));
    assert_eq!(converted.name.environment(), "42");
    assert_eq!((converted.tags["number"].as_str(), converted.tags["switch"].as_str()), ("7", "true"));
    assert_eq!(converted.artos_ecr_aws_account.unwrap().as_str(), "123456789012");
    assert_eq!(converted.kms_deletion_window_in_days, 10);
    assert!(!converted.enable_fargate);
    assert_eq!(converted.cloudtrail_object_lock.unwrap().days, 3);
}

#[test]
fn the_limits_themselves_are_good() {
    let long = "e".repeat(34 - "genai-artos".len());
    let tags =
        |count: usize| (0..count).map(|n| (format!("k{n}"), json!("x"))).collect::<serde_json::Map<_, _>>();
    let good = [
        json!({"environment": long}),
        json!({"environment": "a"}),
        json!({"tags": {}}),
        json!({"tags": tags(48)}),
        json!({"tags": {"k".repeat(128): "v".repeat(256)}}),
        json!({"tags": {"größe: a/b=c+d-e@f_g.h": "日本語 text"}}),
        json!({"kms_deletion_window_in_days": 7}),
        json!({"kms_deletion_window_in_days": 30}),
        json!({"kms_rotation_period_in_days": 90}),
        json!({"kms_rotation_period_in_days": 2560}),
        json!({"cloudtrail_log_retention_days": 1}),
        json!({"cloudtrail_object_lock": {"mode": "GOVERNANCE", "days": 36500}}),
        json!({"cloudtrail_s3_data_events": {"scope": "none"}}),
        json!({"cloudtrail_s3_data_events": {"scope": "all-buckets", "buckets": null}}),
        json!({"iam_path": "/a/b/"}),
        json!({"permissions_boundary_arn": "arn:aws:iam::aws:policy/PowerUserAccess"}),
        json!({"aws_region": "cn-north-1"}),
        json!({"cloudtrail_bucket_suffix": "a".repeat(63 - "genai-artos-production-cloudtrail-logs-".len())}),
        json!({"cloudtrail_access_log_bucket": "genai-artos-production-cloudtrail-logs-elsewhere"}),
    ];
    for changes in good {
        let result = Settings::from_values(&example(changes.clone()));
        assert!(result.is_ok_and(|(_, warnings)| warnings.is_empty()), "{changes}");
    }
}

#[test]
fn the_documents_file_is_the_example() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/production/terraform.tfvars");
    let source = Source { name: "terraform.tfvars".into(), text: std::fs::read_to_string(path).unwrap() };
    let assignments = terraform::tfvars::parse(&Arc::new(source)).unwrap();
    let values = assignments
        .into_iter()
        .map(|assignment| SettingValue::assigned(assignment, Origin::File))
        .collect::<Vec<_>>();
    assert_eq!(Settings::from_values(&values).unwrap(), (settings(json!({})), vec![]));
}

#[test]
fn the_reference_page_is_the_one_in_docs() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/settings.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, reference_page()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), reference_page(), "run this test with UPDATE_DOCS=1");
}

#[test]
fn examples_and_defaults_in_the_table_are_valid() {
    for declaration in DECLARATIONS {
        assert!(declaration.example.starts_with(declaration.name), "{}", declaration.name);
        assert!(declaration.example.contains(" = "), "{}", declaration.name);
        assert_eq!(similar(declaration.name), Some(declaration.name));
    }
}
