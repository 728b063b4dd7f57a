//! What is said about bad values, and where.

use std::ops::Range;
use std::sync::Arc;

use serde_json::{Value, json};
use terraform::types::PathStep;
use terraform::{Diagnostic, Location, Severity, Source};

use super::super::*;
use crate::testing::{example, settings};

fn caller(account: &str, partition: &str) -> Caller {
    Caller { account_id: account.parse().unwrap(), partition: partition.parse().unwrap() }
}

/// The one problem that `changes` make.
fn problem(changes: &Value) -> Diagnostic {
    match Settings::from_values(&example(changes.clone())) {
        Err(problems) if problems.len() == 1 => problems.into_iter().next().unwrap(),
        other => panic!("{changes}: {other:#?}"),
    }
}

/// `SUBJECT: DETAIL | HINT`.
fn line(diagnostic: &Diagnostic) -> String {
    let subject = diagnostic.subject.as_deref().unwrap_or("-");
    format!("{subject}: {} | {}", diagnostic.detail, diagnostic.hint.as_deref().unwrap_or("-"))
}

#[test]
fn bad_values_are_explained() {
    let bad = [
        json!({"project_name": ""}),
        json!({"project_name": "GenAI_Artos"}),
        json!({"project_name": "-artos"}),
        json!({"project_name": "artos--x"}),
        json!({"project_name": ["artos"]}),
        json!({"project_name": "amzn-s3-demo-x"}),
        json!({"project_name": "sthree-x"}),
        json!({"environment": "production-environment-eu"}),
        json!({"environment": "production-environment-x"}),
        json!({"aws_region": "us-east-1a"}),
        json!({"aws_region": "US_EAST_1"}),
        json!({"aws_region": "virginia"}),
        json!({"aws_region": "us-easst-1"}),
        json!({"aws_region": "us-iso-east-1"}),
        json!({"terraform_state_bucket": "s3://artos-state/"}),
        json!({"terraform_state_bucket": "-x-"}),
        json!({"terraform_state_bucket": "state-s3alias"}),
        json!({"artos_ecr_aws_account": "1234-5678-9012"}),
        json!({"artos_ecr_aws_account": 12345678901_u64}),
        json!({"artos_ecr_aws_account": "artos"}),
        json!({"artos_ecr_aws_account": ""}),
        json!({"ecr_repository_prefixes": []}),
        json!({"ecr_repository_prefixes": "development"}),
        json!({"ecr_repository_prefixes": ["development", ""]}),
        json!({"ecr_repository_prefixes": ["development/*"]}),
        json!({"ecr_repository_prefixes": ["development/"]}),
        json!({"ecr_repository_prefixes": ["Development"]}),
        json!({"ecr_repository_prefixes": vec!["p".repeat(250); 40]}),
        json!({"kms_deletion_window_in_days": 6}),
        json!({"kms_deletion_window_in_days": 31}),
        json!({"kms_deletion_window_in_days": 7.5}),
        json!({"kms_deletion_window_in_days": "a week"}),
        json!({"kms_deletion_window_in_days": true}),
        json!({"kms_rotation_period_in_days": 89}),
        json!({"kms_rotation_period_in_days": 2561}),
        json!({"kms_key_administrators": ["123456789012"]}),
        json!({"kms_key_administrators": ["arn:aws:iam::123456789012:role/*"]}),
        json!({"kms_key_administrators": ["arn:aws:sts::123456789012:assumed-role/Admin/me"]}),
        json!({"kms_key_administrators": ["arn:aws:iam::123456789012:policy/Admin"]}),
        json!({"kms_key_administrators": ["Admin"]}),
        json!({"kms_key_administrators": [null]}),
        json!({"kms_allow_autoscaling": "yes"}),
        json!({"enable_fargate": 1}),
        json!({"permissions_boundary_arn": "arn:aws:iam::123456789012:role/x"}),
        json!({"permissions_boundary_arn": "Boundary"}),
        json!({"iam_path": "platform"}),
        json!({"iam_path": "/a//b/"}),
        json!({"iam_path": "/a b/"}),
        json!({"iam_path": format!("/{}/", "p".repeat(511))}),
        json!({"iam_path": "/aws-service-role/x/"}),
        json!({"tags": "none"}),
        json!({"tags": {"aws:owner": "me"}}),
        json!({"tags": {"": "me"}}),
        json!({"tags": {"team": ""}}),
        json!({"additional_regions": ["eu-central"]}),
        json!({"tags": {"underpin:deployment": "me"}}),
        json!({"tags": {"Owner": "me", "owner": "you"}}),
        json!({"tags": {"owner": ["me"]}}),
        json!({"tags": {"owner": null}}),
        json!({"tags": {"owner!": "me"}}),
        json!({"tags": {"हिन्दी": "me"}}),
        json!({"tags": {"owner": "me\tyou"}}),
        json!({"tags": {"k".repeat(129): "me"}}),
        json!({"tags": {"owner": "v".repeat(257)}}),
        json!({"tags": (0..49).map(|n| (format!("k{n}"), json!("x"))).collect::<serde_json::Map<_, _>>()}),
        json!({"cloudtrail_s3_data_events": "none"}),
        json!({"cloudtrail_s3_data_events": {}}),
        json!({"cloudtrail_s3_data_events": {"scope": "all"}}),
        json!({"cloudtrail_s3_data_events": {"scope": "none", "bucket": "x"}}),
        json!({"cloudtrail_s3_data_events": {"scope": "none", "buckets": ["uploads"]}}),
        json!({"cloudtrail_s3_data_events": {"scope": "buckets"}}),
        json!({"cloudtrail_s3_data_events": {"scope": "buckets", "buckets": []}}),
        json!({"cloudtrail_s3_data_events": {"scope": "buckets", "buckets": ["arn:aws:s3:::uploads"]}}),
        json!({"cloudtrail_s3_data_events": {"scope": "buckets", "buckets": "uploads"}}),
        json!({"cloudtrail_s3_data_events": {"scope": "buckets", "buckets": vec!["uploads"; 251]}}),
        json!({"cloudtrail_bucket_suffix": "A1"}),
        json!({"cloudtrail_bucket_suffix": "an"}),
        json!({"cloudtrail_bucket_suffix": "a".repeat(25)}),
        json!({"cloudtrail_log_retention_days": 0}),
        json!({"cloudtrail_object_lock": {"mode": "governance", "days": 1}}),
        json!({"cloudtrail_object_lock": {"mode": "GOVERNANCE"}}),
        json!({"cloudtrail_object_lock": {"mode": "GOVERNANCE", "days": 0}}),
        json!({"cloudtrail_object_lock": {"mode": "GOVERNANCE", "days": 36501}}),
        json!({"cloudtrail_object_lock": {"mode": "GOVERNANCE", "days": 1, "years": 1}}),
        json!({"cloudtrail_access_log_bucket": "genai-artos-production-cloudtrail-logs-0a1b2c3d"}),
        json!({"cloudtrail_access_log_bucket": "x", "cloudtrail_bucket_suffix": "x"}),
        json!({"cloudtrail_access_log_bucket": "genai-artos-production-cloudtrail-logs-x", "cloudtrail_bucket_suffix": "x"}),
    ];
    let lines = bad.iter().map(|changes| line(&problem(changes))).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!("bad_values", lines);
}

#[test]
fn all_problems_are_reported_at_once_in_the_order_of_the_table() {
    let values = [
        SettingValue::new("cloudtrail_log_retention_days", json!(0), Origin::File),
        SettingValue::new("project_name", json!("Artos"), Origin::File),
        SettingValue::new("aws_region", json!(null), Origin::File),
        SettingValue::new("cloudtrail_object_lock", json!({"mode": "x", "days": "y"}), Origin::File),
        SettingValue::new(
            "kms_key_administrators",
            json!(["a", "arn:aws:iam::123456789012:root", "b"]),
            Origin::File,
        ),
        SettingValue::new("enable_fargat", json!(true), Origin::CommandLine),
    ];
    let problems = Settings::from_values(&values).unwrap_err();
    let subjects = problems
        .iter()
        .map(|problem| problem.subject.as_deref().unwrap_or("those that are not set"))
        .collect::<Vec<_>>();
    assert_eq!(
        subjects,
        [
            "those that are not set",
            "project_name",
            "aws_region",
            "kms_key_administrators",
            "kms_key_administrators",
            "cloudtrail_log_retention_days",
            "cloudtrail_object_lock",
            "cloudtrail_object_lock",
            "enable_fargat",
        ]
    );
    assert!(problems.iter().all(|problem| problem.severity == Severity::Error));
}

#[test]
fn a_required_setting_that_is_missing_says_how_to_set_it() {
    let values = example(json!({}));
    for name in ["project_name", "environment", "aws_region", "terraform_state_bucket", "tags"] {
        let without = values.iter().filter(|value| value.name != name).cloned().collect::<Vec<_>>();
        let problems = Settings::from_values(&without).unwrap_err();
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!(problem.summary, "No value for required variable");
        assert_eq!(problem.subject.as_deref(), Some(name));
        assert!(problem.hint.as_ref().unwrap().contains(&format!("TF_VAR_{name}")));
    }
    let problems = Settings::from_values(&[]).unwrap_err();
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!(problem.summary, "No value for required variables");
    let hint = problem.hint.as_ref().unwrap();
    for name in ["project_name", "environment", "aws_region", "terraform_state_bucket", "tags"] {
        assert!(
            problem.detail.contains(&format!("`{name}`")) && hint.contains(&format!("\n{name} = ")),
            "{name}"
        );
    }
}

#[test]
fn undeclared_names_warn_in_files_fail_on_the_command_line_and_pass_in_the_environment() {
    let mut values = example(json!({"aws_regin": 1, "colour": 2, "kms_deletion_window_days": 3, "x": 4}));
    let (_, warnings) = Settings::from_values(&values).unwrap();
    assert!(warnings.iter().all(|warning| warning.severity == Severity::Warning));
    let lines =
        warnings.iter().map(|warning| format!("{} / {}", warning.summary, line(warning))).collect::<Vec<_>>();
    assert_eq!(
        lines,
        [
            "Value for undeclared variable / aws_regin: There is no setting named `aws_regin`; its value is ignored. | did you mean `aws_region`?",
            "Value for undeclared variable / colour: There is no setting named `colour`; its value is ignored. | -",
            "Values for undeclared variables / -: 2 more names are no settings; their values are ignored: `kms_deletion_window_days`, `x`. | -",
        ]
    );
    values.push(SettingValue::new("enable-fargate", json!("x"), Origin::CommandLine));
    values.push(SettingValue::new("anything", json!("x"), Origin::Environment));
    let problems = Settings::from_values(&values).unwrap_err();
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).collect::<Vec<_>>();
    let [error] = errors.as_slice() else { panic!("{errors:?}") };
    assert_eq!(
        line(error),
        "enable-fargate: There is no setting named `enable-fargate`. | did you mean `enable_fargate`?"
    );
}

#[test]
fn likely_misspellings_are_recognised_and_others_are_not() {
    let endless = "x".repeat(4 << 20);
    let table = [
        (endless.as_str(), None),
        ("project", Some("project_name")),
        ("projectname", Some("project_name")),
        ("Environment", Some("environment")),
        ("region", Some("aws_region")),
        ("tag", Some("tags")),
        ("retention_days", Some("cloudtrail_log_retention_days")),
        ("vpc_cidr", None),
        ("x", None),
    ];
    for (typed, meant) in table {
        assert_eq!(similar(typed), meant, "{typed:.40}");
    }
}

#[test]
fn a_lock_that_outlasts_the_logs_is_a_warning() {
    let changes = json!({"cloudtrail_object_lock": {"mode": "GOVERNANCE", "days": 30}, "cloudtrail_log_retention_days": 29});
    let (_, warnings) = Settings::from_values(&example(changes)).unwrap();
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert_eq!(warning.severity, Severity::Warning);
    assert_eq!(warning.subject.as_deref(), Some("cloudtrail_object_lock"));
}

#[test]
fn what_is_to_be_written_instead_lies_in_the_partition_of_the_region() {
    for (region, partition) in [
        ("eu-west-1", "aws"),
        ("us-gov-east-1", "aws-us-gov"),
        ("cn-north-1", "aws-cn"),
        ("eusc-de-east-1", "aws-eusc"),
    ] {
        let hint = |setting: Value| {
            let mut changes = json!({"aws_region": region});
            changes.as_object_mut().unwrap().extend(setting.as_object().unwrap().clone());
            problem(&changes).hint.unwrap()
        };
        let administrator = hint(json!({"kms_key_administrators": ["123456789012"]}));
        assert_eq!(
            administrator,
            format!("write \"arn:{partition}:iam::123456789012:root\" for the whole account")
        );
        let boundary = hint(json!({"permissions_boundary_arn": "Boundary"}));
        assert!(
            boundary.contains(&format!("\"arn:{partition}:iam::123456789012:policy/Boundary\"")),
            "{boundary}"
        );
        if partition != "aws" {
            let topic = hint(json!({"monitoring": {"sns_topic_arn": "alerts"}}));
            assert!(topic.contains(&format!("arn:{partition}:sns:{region}:123456789012:")), "{topic}");
        }
    }
}

#[test]
fn problems_point_at_the_part_they_are_about() {
    let source = Arc::new(Source { name: "terraform.tfvars".into(), text: "tags = { a = \"!\" }".into() });
    let at = move |span: Range<usize>| Some(Location { source: source.clone(), span });
    let (whole, part) = (at(7..18).unwrap(), at(13..16).unwrap());
    let found = (whole.clone(), part.clone());
    let mut values = example(json!({}));
    let tags = values.iter_mut().find(|value| value.name == "tags").unwrap();
    tags.value = json!({"a": "!"});
    tags.locate = Arc::new(move |path: &[PathStep]| match path {
        [] => Some(found.0.clone()),
        [PathStep::Key(key)] if key == "a" => Some(found.1.clone()),
        _ => None,
    });
    assert_eq!(Settings::from_values(&values).unwrap_err()[0].location, Some(part));
    let tags = values.iter_mut().find(|value| value.name == "tags").unwrap();
    tags.value = json!({"b": "!"});
    assert_eq!(Settings::from_values(&values).unwrap_err()[0].location, Some(whole));
}

#[test]
fn values_of_a_file_bring_their_places() {
    let text = r#"
project_name = "genai-artos"
environment  = "Production"
aws_region   = "us-east-1"
terraform_state_bucket = "artos-terraform-state"
tags = {
  owner = "me"
  "aws:x" = "y"
}
kms_key_administrators = [
  "arn:aws:iam::123456789012:root", "Admin",
]
cloudtrail_object_lock = { mode = "GOVERNANCE", days = 0 }
kms_rotation = 1
"#;
    let source = Arc::new(Source { name: "terraform.tfvars".into(), text: text.into() });
    let assignments = terraform::tfvars::parse(&source).unwrap();
    let values = assignments
        .into_iter()
        .map(|assignment| SettingValue::assigned(assignment, Origin::File))
        .collect::<Vec<_>>();
    let problems = Settings::from_values(&values).unwrap_err();
    let places = problems
        .iter()
        .map(|problem| &text[problem.location.as_ref().unwrap().span.clone()])
        .collect::<Vec<_>>();
    assert_eq!(places, ["\"Production\"", "\"y\"", "\"Admin\"", "0", "kms_rotation"]);
}

#[test]
fn region_and_arns_lie_in_the_callers_partition() {
    let changes = json!({
        "kms_key_administrators": ["arn:aws-cn:iam::123456789012:root", "arn:aws:iam::123456789012:root"],
        "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/Boundary",
    });
    let values = example(changes.clone());
    let settings = settings(changes);
    let lines = |account: &str, partition: &str| {
        let problems = settings.check_caller(&caller(account, partition), &values);
        problems.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        lines("123456789012", "aws"),
        [
            "kms_key_administrators: The value of `kms_key_administrators` is not suitable: `arn:aws-cn:iam::123456789012:root` lies in partition \
          `aws-cn`, and the credentials in `aws`. | write an ARN that begins with \"arn:aws:\""
        ]
    );
    let subjects = |lines: Vec<String>| {
        lines.iter().map(|line| line.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        subjects(lines("123456789012", "aws-cn")),
        ["aws_region", "kms_key_administrators", "permissions_boundary_arn"]
    );
    assert_eq!(
        subjects(lines("210987654321", "aws")),
        ["kms_key_administrators", "permissions_boundary_arn"]
    );
}

#[test]
fn another_state_bucket_than_the_backends_is_a_warning() {
    let values = example(json!({}));
    let settings = settings(json!({}));
    assert_eq!(settings.check_state_bucket("artos-terraform-state", &values), None);
    let warning = settings.check_state_bucket("other", &values).unwrap();
    assert_eq!(warning.severity, Severity::Warning);
    assert!(warning.detail.contains("`other`"));
}
