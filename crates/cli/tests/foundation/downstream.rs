//! Real Terraform reads our outputs through `terraform_remote_state`, from S3 and from a local file.

use std::process::Output;

use harness::World;

use crate::support::account::{moto, oracles, set, succeed, text};

const OUTPUTS: [&str; 10] = [
    "aws_account_id",
    "cloudtrail_arn",
    "cloudtrail_bucket_name",
    "eks_fargate_role_arn",
    "eks_node_group_role_arn",
    "eks_service_role_arn",
    "kms_alias_name",
    "kms_key_arn",
    "kms_key_id",
    "rds_enhanced_monitoring_role_arn",
];

/// Runs real Terraform on a module beside the foundation.
fn terraform(world: &World, module: &str, arguments: &[&str]) -> Output {
    let directory = world.directory().join("downstream");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join("main.tf"), module).unwrap();
    let mut command = oracles().terraform_command(&directory).unwrap();
    for (name, value) in harness::aws_environment(&world.proxy().endpoint()) {
        command.env(name, value);
    }
    command.env("CHECKPOINT_DISABLE", "1").args(arguments).output().unwrap()
}

/// Every output of the foundation, and the document's reference to the key, printed by Terraform.
fn assert_read(world: &World, backend: &str) {
    let outputs: String = OUTPUTS
        .iter()
        .map(|name| {
            format!("output \"{name}\" {{\n  value = data.terraform_remote_state.global.outputs.{name}\n}}\n")
        })
        .collect();
    let cluster = "resource \"terraform_data\" \"aws_rds_cluster\" {\n  input = {\n    cluster_identifier = \"artos-production\"\n    \
                   storage_encrypted = true\n    kms_key_id = data.terraform_remote_state.global.outputs.kms_key_arn\n  }\n}\n";
    let module = format!("data \"terraform_remote_state\" \"global\" {{\n{backend}\n}}\n{outputs}{cluster}");
    for arguments in
        [&["init", "-input=false", "-no-color"][..], &["apply", "-auto-approve", "-no-color"][..]]
    {
        let done = terraform(world, &module, arguments);
        assert!(done.status.success(), "{}\n{}", text(&done.stdout), text(&done.stderr));
    }
    for name in OUTPUTS {
        let read = terraform(world, &module, &["output", "-raw", name]);
        assert_eq!(text(&read.stdout), succeed(world, &["output", "-raw", name]), "{name}");
    }
    let shown = terraform(world, &module, &["state", "show", "-no-color", "terraform_data.aws_rds_cluster"]);
    let arn = succeed(world, &["output", "-raw", "kms_key_arn"]);
    assert!(text(&shown.stdout).contains(&arn), "{}", text(&shown.stdout));
}

#[test]
fn terraform_reads_every_output_from_s3() {
    let world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let endpoint = world.proxy().endpoint();
    assert_read(
        &world,
        &format!(
            "  backend = \"s3\"\n  config = {{\n    bucket = \"artos-terraform-state\"\n    \
             key = \"global/production/us-east-1/terraform.tfstate\"\n    region = \"us-east-1\"\n    \
             endpoints = {{ s3 = \"{endpoint}\" }}\n    use_path_style = true\n    skip_credentials_validation = true\n    \
             skip_requesting_account_id = true\n    skip_metadata_api_check = true\n  }}"
        ),
    );
}

#[test]
fn terraform_reads_every_output_from_a_local_state() {
    let world = moto();
    std::fs::remove_dir_all(world.directory().join(".terraform")).unwrap();
    set(world.directory(), "");
    succeed(&world, &["init", "-local"]);
    succeed(&world, &["apply", "-auto-approve"]);
    assert_read(&world, "  backend = \"local\"\n  config = {\n    path = \"../terraform.tfstate\"\n  }");
}
