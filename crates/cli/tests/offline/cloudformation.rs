//! `export cloudformation`, judged by cfn-lint.

use std::process::{Command, Output};

use harness::Oracles;

use super::place::{Place, SETTINGS};

/// Everything that can be asked for.
const EVERYTHING: &str = r#"
artos_ecr_aws_account         = "210987654321"
create_node_instance_profile  = true
kms_allow_autoscaling         = true
kms_key_administrators        = ["arn:aws:iam::123456789012:role/admin"]
cloudtrail_log_retention_days = 400
cloudtrail_object_lock        = { mode = "GOVERNANCE", days = 30 }
cloudtrail_access_log_bucket  = "access-logs"
cloudtrail_s3_data_events     = { scope = "buckets", buckets = ["one", "two"] }
permissions_boundary_arn      = "arn:aws:iam::123456789012:policy/boundary"
iam_path                      = "/platform/"
"#;

/// Everything that tells, to addresses.
const MONITORING: &str = r#"
monitoring = {
  emails          = ["ops@example.com", "ops.z@example.com"]
  heartbeat       = true
  cloudwatch_logs = true
  cis_alarms      = true
  trail_topic     = true
  insights        = ["ApiCallRateInsight", "ApiErrorRateInsight"]
}
"#;

/// The little that tells a topic of the user's, statements and principals of the user's own, and a region that IAM's events do
/// not arrive in.
const OWN: &str = r#"
monitoring      = { sns_topic_arn = "arn:aws:sns:eu-central-1:123456789012:alerts", heartbeat = true }
key_user_arns   = ["arn:aws:iam::123456789012:role/application"]
log_reader_arns = ["arn:aws:iam::999988887777:role/siem"]
key_policy_statements = [
  { Sid = "Mine", Effect = "Allow", Principal = { AWS = "arn:aws:iam::123456789012:role/mine" }, Action = "kms:Decrypt", Resource = "*" },
]
"#;

fn lint(place: &Place, name: &str, template: &str) -> Output {
    let path = place.path().join(name);
    std::fs::write(&path, template).unwrap();
    let program = Oracles::find().unwrap().directory().join("venv/bin/cfn-lint");
    Command::new(program).arg(&path).output().unwrap()
}

#[test]
fn the_linter_finds_nothing_in_any_template_and_something_in_a_broken_one() {
    let few = Place::of_example();
    let all = Place::with(&[("terraform.tfvars", SETTINGS), ("all.auto.tfvars", EVERYTHING)]);
    let both = format!("{EVERYTHING}{MONITORING}");
    let told = Place::with(&[("terraform.tfvars", SETTINGS), ("all.auto.tfvars", &both)]);
    let abroad = SETTINGS.replace("us-east-1", "eu-central-1");
    let own = Place::with(&[("terraform.tfvars", &abroad), ("own.auto.tfvars", OWN)]);
    for (place, flags, name) in [
        (&few, &[][..], "few.yaml"),
        (&all, &[][..], "all.yaml"),
        (&all, &["-json"][..], "all.json"),
        (&told, &[][..], "told.yaml"),
        (&told, &["-json"][..], "told.json"),
        (&own, &[][..], "own.yaml"),
    ] {
        let template = place.succeed(&[&["export", "cloudformation"], flags].concat());
        let report = lint(place, name, &template);
        assert!(report.status.success(), "{name}: {}", String::from_utf8_lossy(&report.stdout));
        let broken = lint(place, name, &template.replace("AWS::KMS::Key", "AWS::KMS::Keys"));
        assert!(!broken.status.success(), "{name}");
    }
}
