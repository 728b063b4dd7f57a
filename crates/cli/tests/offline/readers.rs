//! Tools of others read our plans: Checkov, terraform-compliance and tofui, on a good plan and on a broken one.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use harness::Oracles;
use serde_json::Value;

use super::place::Place;

/// What a careless change would do, in the text of the document.
const BROKEN: [(&str, &str); 9] = [
    (r#""enable_key_rotation":true"#, r#""enable_key_rotation":false"#),
    (r#""is_multi_region_trail":true"#, r#""is_multi_region_trail":false"#),
    (r#""enable_log_file_validation":true"#, r#""enable_log_file_validation":false"#),
    (r#""block_public_acls":true"#, r#""block_public_acls":false"#),
    (r#""block_public_policy":true"#, r#""block_public_policy":false"#),
    (r#""ignore_public_acls":true"#, r#""ignore_public_acls":false"#),
    (r#""restrict_public_buckets":true"#, r#""restrict_public_buckets":false"#),
    (r#"{\"AWS\":\"arn:aws:iam::123456789012:root\"}"#, r#"{\"AWS\":\"*\"}"#),
    (r#""status":"Enabled""#, r#""status":"Suspended""#),
];

/// What Checkov wants and the foundation does not have by default: CloudWatch Logs and SNS for the trail; a lifecycle,
/// notifications, a replica and access logs for the bucket.
const WANTED: [&str; 6] =
    ["CKV2_AWS_10", "CKV2_AWS_61", "CKV2_AWS_62", "CKV_AWS_144", "CKV_AWS_18", "CKV_AWS_252"];

/// What Checkov finds good about a plan: rotation and policy of the key; encryption, validation and regions of the trail;
/// versioning, encryption, access and its four blocks of the bucket; trust and inline policies of the roles.
const GOOD: [&str; 19] = [
    "CKV2_AWS_40",
    "CKV2_AWS_6",
    "CKV_AWS_145",
    "CKV_AWS_21",
    "CKV_AWS_274",
    "CKV_AWS_286",
    "CKV_AWS_33",
    "CKV_AWS_35",
    "CKV_AWS_36",
    "CKV_AWS_53",
    "CKV_AWS_54",
    "CKV_AWS_55",
    "CKV_AWS_56",
    "CKV_AWS_60",
    "CKV_AWS_61",
    "CKV_AWS_63",
    "CKV_AWS_67",
    "CKV_AWS_7",
    "CKV_AWS_93",
];

/// What it finds bad about the broken one.
const BAD: [&str; 10] = [
    "CKV2_AWS_6",
    "CKV_AWS_21",
    "CKV_AWS_33",
    "CKV_AWS_36",
    "CKV_AWS_53",
    "CKV_AWS_54",
    "CKV_AWS_55",
    "CKV_AWS_56",
    "CKV_AWS_67",
    "CKV_AWS_7",
];

/// A directory with `good.json` and `bad.json`.
fn plans() -> Place {
    let place = Place::of_example();
    let account = "-var=artos_ecr_aws_account=210987654321";
    place.succeed(&["plan", "-offline", "-account-id=123456789012", account, "-out=plan.out"]);
    let good = place.succeed(&["show", "-json", "plan.out"]);
    let mut bad = good.clone();
    for (right, wrong) in BROKEN {
        assert!(bad.contains(right), "{right}");
        bad = bad.replace(right, wrong);
    }
    std::fs::write(place.path().join("good.json"), good).unwrap();
    std::fs::write(place.path().join("bad.json"), bad).unwrap();
    place
}

/// One of the tools, away from the user's files and the network.
fn reader(name: &str, directory: &Path, arguments: &[&str]) -> Output {
    let program = Oracles::find().unwrap().reader(name).expect("`cargo xtask setup test` installs it");
    let bin = program.parent().unwrap().to_path_buf();
    let proxy = "http://127.0.0.1:9";
    Command::new(&program)
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .env("HOME", directory)
        .env("PATH", std::env::join_paths([bin.as_path(), Path::new("/usr/bin"), Path::new("/bin")]).unwrap())
        .envs([("HTTPS_PROXY", proxy), ("HTTP_PROXY", proxy), ("LC_ALL", "C.UTF-8")])
        .output()
        .unwrap()
}

fn printed(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn checkov_checks_every_resource_and_finds_what_is_broken() {
    let place = plans();
    let flags = ["--framework", "terraform_plan", "--skip-download", "--compact", "-o", "json"];
    let arguments = [&["-f", "good.json", "-f", "bad.json"][..], &flags[..]].concat();
    let output = reader("checkov", place.path(), &arguments);
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["summary"]["parsing_errors"], 0);
    assert_eq!(report["summary"]["resource_count"], 2 * 23);
    let checks = |outcome: &str, file: &str| -> BTreeSet<String> {
        let checks = report["results"][outcome].as_array().unwrap().iter();
        let of_file = checks.filter(|check| check["file_path"].as_str().unwrap().ends_with(file));
        of_file.map(|check| check["check_id"].as_str().unwrap().to_owned()).collect()
    };
    let failed = checks("failed_checks", "good.json");
    assert_eq!(failed.iter().map(String::as_str).collect::<Vec<_>>(), WANTED);
    let passed = checks("passed_checks", "good.json");
    for id in GOOD {
        assert!(passed.contains(id), "{id} in {passed:?}");
    }
    let failed = checks("failed_checks", "bad.json");
    let broken: Vec<&str> = failed.iter().map(String::as_str).filter(|id| !WANTED.contains(id)).collect();
    assert_eq!(broken, BAD);
}

#[test]
fn terraform_compliance_runs_its_scenarios() {
    let place = plans();
    let features = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/offline/features");
    let features = features.to_str().unwrap();
    let judge = |plan: &str| reader("terraform-compliance", place.path(), &["-f", features, "-p", plan]);
    let good = judge("good.json");
    assert_eq!(good.status.code(), Some(0), "{}", printed(&good));
    assert!(printed(&good).contains("4 passed"), "{}", printed(&good));
    let bad = judge("bad.json");
    assert_eq!(bad.status.code(), Some(1), "{}", printed(&bad));
    assert!(printed(&bad).contains("3 failed") && printed(&bad).contains("1 passed"), "{}", printed(&bad));
}

#[test]
fn tofui_counts_what_is_planned() {
    let place = plans();
    let output = reader("tofui", place.path(), &["good.json", "--build-name", "foundation"]);
    let printed = printed(&output);
    assert_eq!(output.status.code(), Some(0), "{printed}");
    assert!(printed.contains("23 to create, 0 to update, 0 to delete"), "{printed}");
    let page = std::fs::read_to_string(place.path().join("foundation.html")).unwrap();
    for address in ["aws_kms_key.main", "aws_cloudtrail.main", "aws_s3_bucket_policy.cloudtrail"] {
        assert!(page.contains(address), "{address}");
    }
}
