//! What somebody changed by hand is found, shown as drift and mended.

use harness::World;
use serde_json::{Value, json};

use crate::support::account::{NAME, moto, run, set, succeed, text};

/// Calls of another client: service, operation, arguments.
type Calls = Vec<(&'static str, &'static str, Value)>;

/// A fresh foundation, meddled with; the plan must say `drift`, and the apply must mend it.
fn assert_mended(settings: &str, meddle: impl FnOnce(&mut World, &Names) -> Calls, drift: &[&str]) {
    let mut world = moto();
    set(world.directory(), settings);
    succeed(&world, &["apply", "-auto-approve"]);
    let whole = world.aws().inventory().unwrap();
    let names = Names::of(&mut world);
    for (service, operation, arguments) in meddle(&mut world, &names) {
        world.aws().call(service, operation, arguments).unwrap();
    }
    assert_ne!(world.aws().inventory().unwrap(), whole, "nothing was changed by hand");

    let plan = run(&world, &["plan", "-detailed-exitcode"]);
    let shown = text(&plan.stdout);
    assert_eq!(plan.status.code(), Some(2), "{shown}\n{}", text(&plan.stderr));
    for part in drift {
        assert!(shown.contains(part), "`{part}` is missing in\n{shown}");
    }
    succeed(&world, &["apply", "-auto-approve"]);
    assert_eq!(world.aws().inventory().unwrap(), whole);
    succeed(&world, &["plan", "-detailed-exitcode"]);
}

/// The generated names.
struct Names {
    key: String,
    bucket: String,
}

impl Names {
    fn of(world: &mut World) -> Self {
        let output = |name: &str| succeed(world, &["output", "-raw", name]);
        Self { key: output("kms_key_id"), bucket: output("cloudtrail_bucket_name") }
    }
}

const DRIFT: &str = "Changed outside of underpin";

#[test]
fn what_is_retained_and_tainted_is_warned_of_and_not_replaced() {
    let world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let mut state: Value = serde_json::from_str(&succeed(&world, &["state", "pull"])).unwrap();
    for resource in state["resources"].as_array_mut().unwrap() {
        if ["aws_kms_key", "aws_s3_bucket", "aws_iam_role"].iter().any(|kind| resource["type"] == *kind) {
            resource["instances"][0]["status"] = json!("tainted");
        }
    }
    state["serial"] = json!(state["serial"].as_u64().unwrap() + 1);
    std::fs::write(world.directory().join("tainted.tfstate"), state.to_string()).unwrap();
    succeed(&world, &["state", "push", "tainted.tfstate"]);
    let shown = succeed(&world, &["plan"]);
    let said = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("The state says that aws_kms_key.main, aws_s3_bucket.cloudtrail was not made well."),
        "{shown}"
    );
    assert!(
        said.contains("underpin untaint aws_kms_key.main; underpin untaint aws_s3_bucket.cloudtrail"),
        "{shown}"
    );
    assert!(!shown.contains("-/+ aws_kms_key") && !shown.contains("-/+ aws_s3_bucket.cloudtrail"), "{shown}");
    assert!(shown.contains("-/+ aws_iam_role.eks_service"), "{shown}");
    for role in ["eks_service", "eks_node_group", "eks_fargate", "rds_enhanced_monitoring"] {
        succeed(&world, &["untaint", &format!("aws_iam_role.{role}")]);
    }
    succeed(&world, &["apply", "-auto-approve"]);
    succeed(&world, &["state", "mv", "aws_kms_key.main", "aws_kms_key.other"]);
    let shown = succeed(&world, &["adopt", "-from-backend", "-auto-approve"]);
    assert!(
        shown.contains("if it is well, after the adoption: underpin untaint aws_kms_key.main"),
        "{shown}"
    );
    let kept = succeed(&world, &["state", "pull"]);
    assert_eq!(kept.matches("\"status\": \"tainted\"").count(), 2, "apply and adopt leave the marks");
    succeed(&world, &["untaint", "aws_kms_key.main"]);
    succeed(&world, &["untaint", "aws_s3_bucket.cloudtrail"]);
    let shown = succeed(&world, &["plan"]);
    assert!(shown.contains("No changes.") && !shown.contains("tainted"), "{shown}");

    let role = ["aws_iam_role.eks_service", "aws_iam_role.eks_service[0]"];
    succeed(&world, &["state", "mv", role[0], role[1]]);
    let shown = succeed(&world, &["plan"]);
    assert!(
        shown.contains("underpin adopt -from-backend; or one by hand: underpin state mv 'aws_iam_role"),
        "{shown}"
    );
    succeed(&world, &["adopt", "-from-backend", "-auto-approve"]);
    assert!(succeed(&world, &["plan"]).contains("No changes."));
}

#[test]
fn rotation_switched_off() {
    let meddle =
        |_: &mut World, names: &Names| vec![("kms", "disable_key_rotation", json!({"KeyId": names.key}))];
    assert_mended("", meddle, &[DRIFT, "aws_kms_key.main", "enable_key_rotation"]);
}

#[test]
fn key_disabled() {
    let meddle = |_: &mut World, names: &Names| vec![("kms", "disable_key", json!({"KeyId": names.key}))];
    assert_mended("", meddle, &[DRIFT, "aws_kms_key.main", "is_enabled"]);
}

#[test]
fn key_policy_opened_to_another_account() {
    let meddle = |world: &mut World, names: &Names| {
        let arguments = json!({"KeyId": names.key, "PolicyName": "default"});
        let policy = world.aws().call("kms", "get_key_policy", arguments).unwrap();
        let mut policy: Value = serde_json::from_str(policy["Policy"].as_str().unwrap()).unwrap();
        let stranger = json!({
            "Sid": "Stranger", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
            "Action": "kms:Decrypt", "Resource": "*",
        });
        policy["Statement"].as_array_mut().unwrap().push(stranger);
        let put = json!({"KeyId": names.key, "PolicyName": "default", "Policy": policy.to_string()});
        vec![("kms", "put_key_policy", put)]
    };
    assert_mended("", meddle, &[DRIFT, "999999999999", "loses", "kms:Decrypt"]);
}

#[test]
fn trust_opened_to_everybody() {
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
    ]});
    let arguments =
        json!({"RoleName": format!("{NAME}-eks-service-role"), "PolicyDocument": trust.to_string()});
    let meddle = |_: &mut World, _: &Names| vec![("iam", "update_assume_role_policy", arguments)];
    assert_mended("", meddle, &[DRIFT, "aws_iam_role.eks_service", "everyone loses sts:AssumeRole"]);
}

#[test]
fn attachment_removed() {
    let arguments = json!({
        "RoleName": format!("{NAME}-eks-node-group-role"), "PolicyArn": "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
    });
    let meddle = |_: &mut World, _: &Names| vec![("iam", "detach_role_policy", arguments)];
    assert_mended("", meddle, &[DRIFT, "aws_iam_role_policy_attachment.eks_cni_policy"]);
}

#[test]
fn administrator_access_added_to_an_exclusive_role() {
    let role = format!("{NAME}-eks-node-group-role");
    let attach = json!({"RoleName": role, "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"});
    let everything =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let put = json!({"RoleName": role, "PolicyName": "by-hand", "PolicyDocument": everything.to_string()});
    let meddle = |_: &mut World, _: &Names| {
        vec![("iam", "attach_role_policy", attach), ("iam", "put_role_policy", put)]
    };
    assert_mended("exclusive_role_policies = true", meddle, &["AdministratorAccess", "by-hand"]);
}

#[test]
fn inline_policy_widened() {
    let everything = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}]});
    let put = json!({
        "RoleName": format!("{NAME}-eks-fargate-role"), "PolicyName": "cross-account-ecr", "PolicyDocument": everything.to_string(),
    });
    let meddle = |_: &mut World, _: &Names| vec![("iam", "put_role_policy", put)];
    let settings = "artos_ecr_aws_account = \"210987654321\"";
    assert_mended(settings, meddle, &[DRIFT, "aws_iam_role_policy.fargate_cross_account_ecr", "ecr:*"]);
}

#[test]
fn role_deleted() {
    let role = format!("{NAME}-rds-enhanced-monitoring-role");
    let policy = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole";
    let detach = json!({"RoleName": role, "PolicyArn": policy});
    let meddle = |_: &mut World, _: &Names| {
        vec![("iam", "detach_role_policy", detach), ("iam", "delete_role", json!({"RoleName": role}))]
    };
    assert_mended("", meddle, &[DRIFT, "aws_iam_role.rds_enhanced_monitoring"]);
}

#[test]
fn logging_stopped() {
    let stop = json!({"Name": format!("{NAME}-cloudtrail")});
    let meddle = |_: &mut World, _: &Names| vec![("cloudtrail", "stop_logging", stop)];
    assert_mended("", meddle, &[DRIFT, "aws_cloudtrail.main", "enable_logging"]);
}

#[test]
fn selectors_narrowed() {
    let put = json!({
        "TrailName": format!("{NAME}-cloudtrail"),
        "EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true, "DataResources": []}],
    });
    let meddle = |_: &mut World, _: &Names| vec![("cloudtrail", "put_event_selectors", put)];
    assert_mended("", meddle, &[DRIFT, "aws_cloudtrail.main", "WriteOnly"]);
}

#[test]
fn trail_deleted() {
    let delete = json!({"Name": format!("{NAME}-cloudtrail")});
    let meddle = |_: &mut World, _: &Names| vec![("cloudtrail", "delete_trail", delete)];
    assert_mended("", meddle, &[DRIFT, "aws_cloudtrail.main"]);
}

#[test]
fn public_access_block_removed() {
    let meddle = |_: &mut World, names: &Names| {
        vec![("s3", "delete_public_access_block", json!({"Bucket": names.bucket}))]
    };
    assert_mended("", meddle, &[DRIFT, "aws_s3_bucket_public_access_block.cloudtrail"]);
}

#[test]
fn versioning_suspended_and_encryption_weakened() {
    let meddle = |_: &mut World, names: &Names| {
        let versioning = json!({"Bucket": names.bucket, "VersioningConfiguration": {"Status": "Suspended"}});
        let rule = json!({"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}});
        let encryption =
            json!({"Bucket": names.bucket, "ServerSideEncryptionConfiguration": {"Rules": [rule]}});
        vec![("s3", "put_bucket_versioning", versioning), ("s3", "put_bucket_encryption", encryption)]
    };
    assert_mended("", meddle, &[DRIFT, "Suspended", "AES256"]);
}

#[test]
fn tags_removed() {
    let untag = json!({"RoleName": format!("{NAME}-eks-service-role"), "TagKeys": ["cost_center", "underpin:deployment"]});
    let meddle = |_: &mut World, _: &Names| vec![("iam", "untag_role", untag)];
    assert_mended("", meddle, &[DRIFT, "aws_iam_role.eks_service", "cost_center"]);
}

#[test]
fn alias_moved_to_another_key() {
    let meddle = |world: &mut World, _: &Names| {
        let other = world.aws().call("kms", "create_key", json!({})).unwrap();
        let target = other["KeyMetadata"]["KeyId"].clone();
        vec![(
            "kms",
            "update_alias",
            json!({"AliasName": format!("alias/{NAME}-kms-key"), "TargetKeyId": target}),
        )]
    };
    let mut world = moto();
    succeed(&world, &["apply", "-auto-approve"]);
    let names = Names::of(&mut world);
    for (service, operation, arguments) in meddle(&mut world, &names) {
        world.aws().call(service, operation, arguments).unwrap();
    }
    let plan = run(&world, &["plan", "-detailed-exitcode"]);
    assert_eq!(plan.status.code(), Some(2), "{}", text(&plan.stdout));
    succeed(&world, &["apply", "-auto-approve"]);
    let described = json!({"KeyId": format!("alias/{NAME}-kms-key")});
    let key = world.aws().call("kms", "describe_key", described).unwrap();
    assert_eq!(key["KeyMetadata"]["KeyId"], names.key);
}
