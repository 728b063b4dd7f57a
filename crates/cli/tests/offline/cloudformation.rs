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
    for (place, flags, name) in
        [(&few, &[][..], "few.yaml"), (&all, &[][..], "all.yaml"), (&all, &["-json"][..], "all.json")]
    {
        let template = place.succeed(&[&["export", "cloudformation"], flags].concat());
        let report = lint(place, name, &template);
        assert!(report.status.success(), "{name}: {}", String::from_utf8_lossy(&report.stdout));
        let broken = lint(place, name, &template.replace("AWS::KMS::Key", "AWS::KMS::Keys"));
        assert!(!broken.status.success(), "{name}");
    }
}
