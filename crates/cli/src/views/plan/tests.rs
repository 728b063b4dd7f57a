//! Plans of the document's example as people see them.

use insta::assert_snapshot;
use serde_json::json;
use time::macros::date;

use super::*;
use crate::views::sample::{World, address, applied, empty};

fn shown(plan: &Plan) -> String {
    render(
        plan,
        &PlanContext { today: Some(date!(2026 - 11 - 22)), ..PlanContext::default() },
        Palette::PLAIN,
    )
}

fn shown_apply(world: &World) -> String {
    shown(&world.plan(Goal::Apply))
}

/// The same world under other settings.
fn with_settings(mut world: World, changes: serde_json::Value) -> World {
    world.blueprint = crate::views::sample::foundation(changes);
    world
}

#[test]
fn a_first_apply() {
    assert_snapshot!("first_apply", shown_apply(&empty(json!({"artos_ecr_aws_account": "210987654321"}))));
}

#[test]
fn no_changes() {
    assert_snapshot!(shown_apply(&applied(json!({}))), @r"No changes. Your infrastructure matches the configuration.");
}

#[test]
fn updates_of_every_kind() {
    let changed = with_settings(
        applied(json!({"cloudtrail_log_retention_days": 30, "artos_ecr_aws_account": "210987654321"})),
        json!({
            "cloudtrail_log_retention_days": 60,
            "artos_ecr_aws_account": "210987654321",
            "ecr_repository_prefixes": ["development", "staging"],
            "kms_deletion_window_in_days": 30,
            "kms_allow_cloudwatch_logs": false,
            "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/Boundary",
            "cloudtrail_s3_data_events": {"scope": "buckets", "buckets": ["uploads"]},
            "tags": {"system_owner": "someone@company.com"},
        }),
    );
    assert_snapshot!(shown_apply(&changed), @r#"
    underpin will perform these actions:

      ~ update in place

      ~ aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab
          policy                   -1 (see Permissions)
          tags.system_owner        "platform-team@company.com" -> "someone@company.com"
          tags.cost_center         "engineering" -> null
          deletion_window_in_days  7 -> 30
      ~ aws_iam_role.eks_service  genai-artos-production-eks-service-role
          permissions_boundary  null -> "arn:aws:iam::123456789012:policy/Boundary"
          tags.system_owner     "platform-team@company.com" -> "someone@company.com"
          tags.cost_center      "engineering" -> null
      ~ aws_iam_role.eks_node_group  genai-artos-production-eks-node-group-role
          permissions_boundary  null -> "arn:aws:iam::123456789012:policy/Boundary"
          tags.system_owner     "platform-team@company.com" -> "someone@company.com"
          tags.cost_center      "engineering" -> null
      ~ aws_iam_role_policy.node_group_cross_account_ecr  cross-account-ecr of genai-artos-production-eks-node-group-role
          policy  +1 -1 (see Permissions)
      ~ aws_iam_role.eks_fargate  genai-artos-production-eks-fargate-role
          permissions_boundary  null -> "arn:aws:iam::123456789012:policy/Boundary"
          tags.system_owner     "platform-team@company.com" -> "someone@company.com"
          tags.cost_center      "engineering" -> null
      ~ aws_iam_role_policy.fargate_cross_account_ecr  cross-account-ecr of genai-artos-production-eks-fargate-role
          policy  +1 -1 (see Permissions)
      ~ aws_iam_role.rds_enhanced_monitoring  genai-artos-production-rds-enhanced-monitoring-role
          permissions_boundary  null -> "arn:aws:iam::123456789012:policy/Boundary"
          tags.system_owner     "platform-team@company.com" -> "someone@company.com"
          tags.cost_center      "engineering" -> null
      ~ aws_s3_bucket.cloudtrail  genai-artos-production-cloudtrail-logs-1a2b3c4d
          tags.system_owner  "platform-team@company.com" -> "someone@company.com"
          tags.cost_center   "engineering" -> null
      ~ aws_s3_bucket_lifecycle_configuration.cloudtrail
          rule.expiration.days  30 -> 60
          rule.noncurrent_version_expiration.noncurrent_days  30 -> 60
      ~ aws_cloudtrail.main  genai-artos-production-cloudtrail
          event_selector.data_resource.values  - "arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/", + "arn:aws:s3:::uploads/"
          tags.system_owner                    "platform-team@company.com" -> "someone@company.com"
          tags.cost_center                     "engineering" -> null

    Permissions (+ someone can do more, - less):

      Key aws_kms_key.main
        - logs.us-east-1.amazonaws.com loses kms:Decrypt, kms:Describe*, kms:Encrypt, kms:GenerateDataKey*, kms:ReEncrypt* if kms:EncryptionContext:aws:logs:arn like arn:aws:logs:us-east-1:123456789012:*

      Role genai-artos-production-eks-fargate-role
        - loses ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:DescribeImages, ecr:DescribeRepositories, ecr:GetDownloadUrlForLayer on arn:aws:ecr:*:210987654321:repository/thirdparty/* (inline policy cross-account-ecr)
        + gains ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:DescribeImages, ecr:DescribeRepositories, ecr:GetDownloadUrlForLayer on arn:aws:ecr:*:210987654321:repository/staging/* (inline policy cross-account-ecr)

      Role genai-artos-production-eks-node-group-role
        - loses ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:DescribeImages, ecr:DescribeRepositories, ecr:GetDownloadUrlForLayer on arn:aws:ecr:*:210987654321:repository/thirdparty/* (inline policy cross-account-ecr)
        + gains ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:DescribeImages, ecr:DescribeRepositories, ecr:GetDownloadUrlForLayer on arn:aws:ecr:*:210987654321:repository/staging/* (inline policy cross-account-ecr)

    Plan: 0 to add, 10 to change, 0 to destroy.
    "#);
}

#[test]
fn drift_of_every_kind() {
    let mut world = applied(json!({"exclusive_role_policies": true}));
    world.drift("aws_kms_key.main", "enable_key_rotation", json!(false));
    world.drift("aws_cloudtrail.main", "enable_logging", json!(false));
    world.vanish("aws_iam_role_policy_attachment.eks_cni_policy");
    world.drift(
        "aws_iam_role.eks_service",
        "managed_policy_arns",
        json!([
            "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
            "arn:aws:iam::aws:policy/AdministratorAccess"
        ]),
    );
    world.drift("aws_iam_role.eks_service", "inline_policy_names", json!(["backdoor"]));
    let policy = world.text("aws_kms_key.main", "policy");
    let widened = policy.replacen(
        "\"Statement\":[",
        r#""Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"kms:Decrypt","Resource":"*"},"#,
        1,
    );
    world.drift("aws_kms_key.main", "policy", json!(widened));
    world.drift(
        "aws_s3_bucket_policy.cloudtrail",
        "policy",
        json!("{\"Version\":\"2012-10-17\",\"Statement\":[]}"),
    );
    assert_snapshot!(shown_apply(&world), @r#"
    Changed outside of underpin since the last apply (recorded -> now):

      ~ aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab
          enable_key_rotation  true -> false
          policy
            + account 999999999999 gains kms:Decrypt
      ~ aws_iam_role.eks_service  genai-artos-production-eks-service-role
          + has been given the managed policy AdministratorAccess
          + has been given the inline policy backdoor
      - aws_iam_role_policy_attachment.eks_cni_policy  AmazonEKS_CNI_Policy on genai-artos-production-eks-node-group-role
          it is gone
      ~ aws_s3_bucket_policy.cloudtrail
          policy
            - cloudtrail.amazonaws.com loses s3:GetBucketAcl on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail
            - cloudtrail.amazonaws.com loses s3:PutObject on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/AWSLogs/123456789012/* if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail and s3:x-amz-acl = bucket-owner-full-control
            + everyone is no longer denied s3:* on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d, arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/* if aws:SecureTransport = false
      ~ aws_cloudtrail.main  genai-artos-production-cloudtrail
          enable_logging  true -> false

    Applying this plan mends it.

    underpin will perform these actions:

      + create
      ~ update in place

      ~ aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab
          enable_key_rotation  false -> true
          policy               -1 (see Permissions)
      ~ aws_iam_role.eks_service  genai-artos-production-eks-service-role
          managed_policy_arns  - "arn:aws:iam::aws:policy/AdministratorAccess"
          inline_policy_names  - "backdoor"
      + aws_iam_role_policy_attachment.eks_cni_policy  AmazonEKS_CNI_Policy on genai-artos-production-eks-node-group-role
      ~ aws_s3_bucket_policy.cloudtrail
          policy  +2 -1 (see Permissions)
      ~ aws_cloudtrail.main  genai-artos-production-cloudtrail
          enable_logging  false -> true

    Permissions (+ someone can do more, - less):

      Key aws_kms_key.main
        - account 999999999999 loses kms:Decrypt

      Role genai-artos-production-eks-node-group-role
        + gains all of the managed policy AmazonEKS_CNI_Policy

      Role genai-artos-production-eks-service-role
        - loses all of the managed policy AdministratorAccess
        - loses all of the inline policy backdoor

      Bucket genai-artos-production-cloudtrail-logs-1a2b3c4d
        + cloudtrail.amazonaws.com gains s3:GetBucketAcl on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail
        + cloudtrail.amazonaws.com gains s3:PutObject on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/AWSLogs/123456789012/* if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail and s3:x-amz-acl = bucket-owner-full-control
        - everyone is denied s3:* on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d, arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/* if aws:SecureTransport = false

    Plan: 1 to add, 4 to change, 0 to destroy.
    "#);
    assert_snapshot!(shown(&world.plan(Goal::Refresh)), @r"
    Changed outside of underpin since the last apply (recorded -> now):

      ~ aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab
          enable_key_rotation  true -> false
          policy
            + account 999999999999 gains kms:Decrypt
      - aws_iam_role_policy_attachment.eks_cni_policy  AmazonEKS_CNI_Policy on genai-artos-production-eks-node-group-role
          it is gone
      ~ aws_s3_bucket_policy.cloudtrail
          policy
            - cloudtrail.amazonaws.com loses s3:GetBucketAcl on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail
            - cloudtrail.amazonaws.com loses s3:PutObject on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/AWSLogs/123456789012/* if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail and s3:x-amz-acl = bucket-owner-full-control
            + everyone is no longer denied s3:* on arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d, arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/* if aws:SecureTransport = false
      ~ aws_cloudtrail.main  genai-artos-production-cloudtrail
          enable_logging  true -> false

    You can apply this plan to record what changed outside of underpin, without changing anything in AWS.
    ");
}

#[test]
fn a_role_and_the_bucket_replaced() {
    let world = applied(json!({}));
    let renamed =
        with_settings(world, json!({"iam_path": "/platform/", "cloudtrail_bucket_suffix": "audit"}));
    assert_snapshot!(shown_apply(&renamed), @r#"
    underpin will perform these actions:

      ~ update in place
    -/+ destroy, then create anew
    +/. create a new one, leave the old one in AWS

      ~ terraform_data.deployment  5c1f2a52-6d0a-4b0e-9c39-0d5a1f4b7e21
          input  null -> "audit"
    -/+ aws_iam_role.eks_service  genai-artos-production-eks-service-role
          path  "/" -> "/platform/"  # forces replacement
    -/+ aws_iam_role_policy_attachment.eks_cluster_policy  AmazonEKSClusterPolicy on genai-artos-production-eks-service-role
          because what it hangs on is made anew
    -/+ aws_iam_role.eks_node_group  genai-artos-production-eks-node-group-role
          path  "/" -> "/platform/"  # forces replacement
    -/+ aws_iam_role_policy_attachment.eks_worker_node_policy  AmazonEKSWorkerNodePolicy on genai-artos-production-eks-node-group-role
          because what it hangs on is made anew
    -/+ aws_iam_role_policy_attachment.eks_cni_policy  AmazonEKS_CNI_Policy on genai-artos-production-eks-node-group-role
          because what it hangs on is made anew
    -/+ aws_iam_role_policy_attachment.eks_container_registry_read_only  AmazonEC2ContainerRegistryReadOnly on genai-artos-production-eks-node-group-role
          because what it hangs on is made anew
    -/+ aws_iam_role_policy_attachment.eks_ssm_managed_instance_core  AmazonSSMManagedInstanceCore on genai-artos-production-eks-node-group-role
          because what it hangs on is made anew
    -/+ aws_iam_role.eks_fargate  genai-artos-production-eks-fargate-role
          path  "/" -> "/platform/"  # forces replacement
    -/+ aws_iam_role_policy_attachment.eks_fargate_pod_execution_role_policy  AmazonEKSFargatePodExecutionRolePolicy on genai-artos-production-eks-fargate-role
          because what it hangs on is made anew
    -/+ aws_iam_role.rds_enhanced_monitoring  genai-artos-production-rds-enhanced-monitoring-role
          path  "/" -> "/platform/"  # forces replacement
    -/+ aws_iam_role_policy_attachment.rds_enhanced_monitoring  AmazonRDSEnhancedMonitoringRole on genai-artos-production-rds-enhanced-monitoring-role
          because what it hangs on is made anew
    +/. aws_s3_bucket.cloudtrail  genai-artos-production-cloudtrail-logs-audit
          the old one, genai-artos-production-cloudtrail-logs-1a2b3c4d, stays in AWS with all that is in it; it is recorded no longer
          bucket  "genai-artos-production-cloudtrail-logs-1a2b3c4d" -> "genai-artos-production-cloudtrail-logs-audit"  # forces replacement
    +/. aws_s3_bucket_versioning.cloudtrail
    +/. aws_s3_bucket_server_side_encryption_configuration.cloudtrail
    +/. aws_s3_bucket_public_access_block.cloudtrail
    +/. aws_s3_bucket_ownership_controls.cloudtrail
    +/. aws_s3_bucket_policy.cloudtrail
      ~ aws_cloudtrail.main  genai-artos-production-cloudtrail
          s3_bucket_name                       "genai-artos-production-cloudtrail-logs-1a2b3c4d" -> "genai-artos-production-cloudtrail-logs-audit"
          event_selector.data_resource.values  - "arn:aws:s3:::genai-artos-production-cloudtrail-logs-1a2b3c4d/", + "arn:aws:s3:::genai-artos-production-cloudtrail-logs-audit/"

    Changes to Outputs:
      ~ cloudtrail_bucket_name           = "genai-artos-production-cloudtrail-logs-1a2b3c4d" -> "genai-artos-production-cloudtrail-logs-audit"
      ~ eks_fargate_role_arn             = "arn:aws:iam::123456789012:role/genai-artos-production-eks-fargate-role" -> (known after apply)
      ~ eks_node_group_role_arn          = "arn:aws:iam::123456789012:role/genai-artos-production-eks-node-group-role" -> (known after apply)
      ~ eks_service_role_arn             = "arn:aws:iam::123456789012:role/genai-artos-production-eks-service-role" -> (known after apply)
      ~ rds_enhanced_monitoring_role_arn = "arn:aws:iam::123456789012:role/genai-artos-production-rds-enhanced-monitoring-role" -> (known after apply)

    Permissions (+ someone can do more, - less):

      Bucket genai-artos-production-cloudtrail-logs-audit
        + cloudtrail.amazonaws.com gains s3:GetBucketAcl on arn:aws:s3:::genai-artos-production-cloudtrail-logs-audit if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail
        + cloudtrail.amazonaws.com gains s3:PutObject on arn:aws:s3:::genai-artos-production-cloudtrail-logs-audit/AWSLogs/123456789012/* if aws:SourceArn = arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail and s3:x-amz-acl = bucket-owner-full-control
        - everyone is denied s3:* on arn:aws:s3:::genai-artos-production-cloudtrail-logs-audit, arn:aws:s3:::genai-artos-production-cloudtrail-logs-audit/* if aws:SecureTransport = false

    Plan: 17 to add, 2 to change, 11 to destroy.
    "#);
}

#[test]
fn a_replacement_by_request() {
    let world = applied(json!({}));
    let options = engine::Options {
        goal: Goal::Apply,
        targets: vec![address("aws_kms_alias.main")],
        replace: vec![address("aws_kms_alias.main")],
    };
    let plan = engine::plan(&world.blueprint, &world.state, &world.observation, &options).unwrap();
    assert_snapshot!(shown(&plan), @r"
    underpin will perform these actions:

    -/+ destroy, then create anew

    -/+ aws_kms_alias.main  alias/genai-artos-production-kms-key
          as asked for with -replace

    Warning: Resource targeting is in effect

    With -target, what else the settings ask for is left out. Outputs are not recorded either.

    Plan: 1 to add, 0 to change, 1 to destroy.
    ");
}

#[test]
fn a_destroy() {
    assert_snapshot!(shown(&applied(json!({})).plan(Goal::Destroy { delete_key: false })), @r#"
    underpin will perform these actions:

      - destroy

      - aws_cloudtrail.main  genai-artos-production-cloudtrail
      - aws_iam_role.eks_fargate  genai-artos-production-eks-fargate-role
      - aws_iam_role.eks_node_group  genai-artos-production-eks-node-group-role
      - aws_iam_role.eks_service  genai-artos-production-eks-service-role
      - aws_iam_role.rds_enhanced_monitoring  genai-artos-production-rds-enhanced-monitoring-role
      - aws_iam_role_policy_attachment.eks_cluster_policy  AmazonEKSClusterPolicy on genai-artos-production-eks-service-role
      - aws_iam_role_policy_attachment.eks_cni_policy  AmazonEKS_CNI_Policy on genai-artos-production-eks-node-group-role
      - aws_iam_role_policy_attachment.eks_container_registry_read_only  AmazonEC2ContainerRegistryReadOnly on genai-artos-production-eks-node-group-role
      - aws_iam_role_policy_attachment.eks_fargate_pod_execution_role_policy  AmazonEKSFargatePodExecutionRolePolicy on genai-artos-production-eks-fargate-role
      - aws_iam_role_policy_attachment.eks_ssm_managed_instance_core  AmazonSSMManagedInstanceCore on genai-artos-production-eks-node-group-role
      - aws_iam_role_policy_attachment.eks_worker_node_policy  AmazonEKSWorkerNodePolicy on genai-artos-production-eks-node-group-role
      - aws_iam_role_policy_attachment.rds_enhanced_monitoring  AmazonRDSEnhancedMonitoringRole on genai-artos-production-rds-enhanced-monitoring-role
      - aws_kms_alias.main  alias/genai-artos-production-kms-key

    Kept in AWS and in the state, so that a later apply goes on with it:

      . aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab
          without it the logs cannot be read; about 1 USD a month, and 1 USD more for each of its first two rotations
      . aws_s3_bucket.cloudtrail  genai-artos-production-cloudtrail-logs-1a2b3c4d
          the audit logs, which underpin never deletes; S3 storage, about 0.023 USD per GB and month (us-east-1)
      . terraform_data.deployment  5c1f2a52-6d0a-4b0e-9c39-0d5a1f4b7e21
          the identity by which a later apply knows them; costs nothing
      . the bucket's 5 settings

    To have the key deleted too, run: underpin destroy -delete-key

    Changes to Outputs:
      - aws_account_id                   = "123456789012" -> null
      - cloudtrail_arn                   = "arn:aws:cloudtrail:us-east-1:123456789012:trail/genai-artos-production-cloudtrail" -> null
      - cloudtrail_bucket_name           = "genai-artos-production-cloudtrail-logs-1a2b3c4d" -> null
      - eks_fargate_role_arn             = "arn:aws:iam::123456789012:role/genai-artos-production-eks-fargate-role" -> null
      - eks_node_group_role_arn          = "arn:aws:iam::123456789012:role/genai-artos-production-eks-node-group-role" -> null
      - eks_service_role_arn             = "arn:aws:iam::123456789012:role/genai-artos-production-eks-service-role" -> null
      - kms_alias_name                   = "alias/genai-artos-production-kms-key" -> null
      - kms_key_arn                      = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" -> null
      - kms_key_id                       = "1234abcd-12ab-34cd-56ef-1234567890ab" -> null
      - rds_enhanced_monitoring_role_arn = "arn:aws:iam::123456789012:role/genai-artos-production-rds-enhanced-monitoring-role" -> null

    Permissions (+ someone can do more, - less):

      Role genai-artos-production-eks-fargate-role
        - eks-fargate-pods.amazonaws.com loses sts:AssumeRole if aws:SourceArn like arn:aws:eks:us-east-1:123456789012:fargateprofile/*/*
        - loses all of the managed policy AmazonEKSFargatePodExecutionRolePolicy

      Role genai-artos-production-eks-node-group-role
        - ec2.amazonaws.com loses sts:AssumeRole
        - loses all of the managed policy AmazonEKS_CNI_Policy
        - loses all of the managed policy AmazonEC2ContainerRegistryReadOnly
        - loses all of the managed policy AmazonSSMManagedInstanceCore
        - loses all of the managed policy AmazonEKSWorkerNodePolicy

      Role genai-artos-production-eks-service-role
        - eks.amazonaws.com loses sts:AssumeRole if aws:SourceAccount = 123456789012
        - loses all of the managed policy AmazonEKSClusterPolicy

      Role genai-artos-production-rds-enhanced-monitoring-role
        - monitoring.rds.amazonaws.com loses sts:AssumeRole if aws:SourceArn like arn:aws:rds:us-east-1:123456789012:db:* and aws:SourceAccount = 123456789012
        - loses all of the managed policy AmazonRDSEnhancedMonitoringRole

    Plan: 0 to add, 0 to change, 13 to destroy.
    "#);
}

#[test]
fn a_destroy_with_the_key() {
    let plan = applied(json!({})).plan(Goal::Destroy { delete_key: true });
    let text = shown(&plan);
    let end: Vec<&str> = text.lines().rev().take(12).collect();
    assert_snapshot!(end.into_iter().rev().collect::<Vec<_>>().join("\n"), @r"

      Role genai-artos-production-eks-service-role
        - eks.amazonaws.com loses sts:AssumeRole if aws:SourceAccount = 123456789012
        - loses all of the managed policy AmazonEKSClusterPolicy

      Role genai-artos-production-rds-enhanced-monitoring-role
        - monitoring.rds.amazonaws.com loses sts:AssumeRole if aws:SourceArn like arn:aws:rds:us-east-1:123456789012:db:* and aws:SourceAccount = 123456789012
        - loses all of the managed policy AmazonRDSEnhancedMonitoringRole

    The key is deleted for good from 2026-11-29 on; then nobody can read the logs in genai-artos-production-cloudtrail-logs-1a2b3c4d, nor anything else it encrypted (EBS volumes, databases, secrets). Before that day, `underpin apply` cancels the deletion.

    Plan: 0 to add, 0 to change, 14 to destroy.
    ");
    assert!(text.contains("aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab"));
    assert!(!text.contains("destroy -delete-key"));
}

#[test]
fn a_destroy_after_one_with_the_key_names_the_scheduled_date() {
    let mut world = applied(json!({}));
    world.drift("aws_kms_key.main", "is_enabled", json!(false));
    world.drift("aws_kms_key.main", "deletion_date", json!("2026-11-24T11:12:13Z"));
    for delete_key in [false, true] {
        let text = shown(&world.plan(Goal::Destroy { delete_key }));
        let kept = text.split("Kept in AWS").nth(1).unwrap().split("Changes to Outputs").next().unwrap();
        assert!(!kept.contains("aws_kms_key") && !kept.contains("-delete-key"), "{kept}");
        assert!(
            text.ends_with(
                "The deletion of the key is scheduled already. The key is deleted for good from 2026-11-24 on; then \
                 nobody can read the logs in genai-artos-production-cloudtrail-logs-1a2b3c4d, nor anything else it \
                 encrypted (EBS volumes, databases, secrets). Before that day, `underpin apply` cancels the \
                 deletion.\n\nPlan: 0 to add, 0 to change, 13 to destroy.\n"
            ),
            "{text}"
        );
    }
}

#[test]
fn a_destroy_of_nothing() {
    assert_snapshot!(shown(&empty(json!({})).plan(Goal::Destroy { delete_key: false })), @r"No changes. No objects need to be destroyed.");
}

#[test]
fn what_a_crash_left_is_recorded() {
    let mut world = applied(json!({}));
    world.forget("aws_kms_key.main");
    world.forget("aws_iam_role.eks_service");
    world.drift("aws_iam_role.eks_service", "description", json!("half made"));
    assert_snapshot!(shown_apply(&world), @r#"
    underpin will perform these actions:

      ~ update in place
      = found: made by an earlier run that was cut off; only recorded

      = aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab
      ~ aws_iam_role.eks_service  genai-artos-production-eks-service-role
          found: made by an earlier run that was cut off; recorded as well
          description  "half made" -> "Lets the EKS control plane manage resources of its clusters"

    Plan: 2 to import, 0 to add, 1 to change, 0 to destroy.
    "#);
}

#[test]
fn a_key_that_waits_for_its_deletion_is_kept() {
    let mut world = applied(json!({}));
    world.drift("aws_kms_key.main", "is_enabled", json!(false));
    let text = shown_apply(&world);
    let plan = text.split("in place\n\n").nth(1).unwrap();
    assert_snapshot!(plan, @r"
      ~ aws_kms_key.main  1234abcd-12ab-34cd-56ef-1234567890ab
          enables the key; if its deletion is scheduled, that is cancelled first
          is_enabled  false -> true

    Plan: 0 to add, 1 to change, 0 to destroy.
    ");
}

#[test]
fn only_outputs_change() {
    let mut world = applied(json!({"enable_fargate": false}));
    world.state.outputs.remove("kms_key_arn");
    world.state.outputs.get_mut("aws_account_id").unwrap().value = json!("210987654321");
    for name in ["eks_fargate_role_arn", "of_somebody_else"] {
        world.state.outputs.insert(name.to_owned(), terraform::state::Output::of(json!("x")).unwrap());
    }
    assert_snapshot!(shown_apply(&world), @r#"
    Changes to Outputs:
      ~ aws_account_id       = "210987654321" -> "123456789012"
      - eks_fargate_role_arn = "x" -> null
      + kms_key_arn          = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

    You can apply this plan to save these new output values to the state, without changing anything in AWS.
    "#);
}

#[test]
fn warnings_and_the_saved_plan_stand_at_the_end() {
    let mut world = empty(json!({}));
    world.blueprint.resources.retain(|resource| resource.address == address("terraform_data.deployment"));
    world.blueprint.outputs.clear();
    let mut plan = world.plan(Goal::Apply);
    plan.targeted = true;
    let warnings = [Diagnostic::warning("No registry account", "Nodes cannot pull images.").hint("set it")];
    let context =
        PlanContext { warnings: &warnings, saved_to: Some("tf plan.out"), ..PlanContext::default() };
    assert_snapshot!(render(&plan, &context, Palette::PLAIN), @r#"
    underpin will perform these actions:

      + create

      + terraform_data.deployment
          draws the identity that everything made here carries as a tag, and the suffix of the bucket's name

    Warning: No registry account

    Nodes cannot pull images.

    help: set it

    Warning: Resource targeting is in effect

    With -target, what else the settings ask for is left out. Outputs are not recorded either.

    Plan: 1 to add, 0 to change, 0 to destroy.

    Saved the plan to: tf plan.out

    To perform exactly these actions, run the following command to apply:
        underpin apply "tf plan.out"
    "#);
    let context = PlanContext { saved_to: Some("x"), in_automation: true, ..PlanContext::default() };
    assert!(render(&plan, &context, Palette::PLAIN).ends_with("destroy.\n\nSaved the plan to: x\n"));
}

#[test]
fn colour_changes_no_letter() {
    let mut world = applied(json!({"exclusive_role_policies": true}));
    world.drift("aws_kms_key.main", "enable_key_rotation", json!(false));
    world.vanish("aws_iam_role.eks_fargate");
    let plan = world.plan(Goal::Apply);
    let context = PlanContext { width: Some(100), ..PlanContext::default() };
    let (plain, coloured) =
        (render(&plan, &context, Palette::PLAIN), render(&plan, &context, Palette::new(true)));
    assert!(!plain.contains('\u{1b}'));
    assert_ne!(plain, coloured);
    assert_eq!(crate::views::sample::without_colour(&coloured), plain);
}

#[test]
fn sentences_are_wrapped_to_the_terminal() {
    let plan = empty(json!({})).plan(Goal::Apply);
    let text = render(&plan, &PlanContext { width: Some(80), ..PlanContext::default() }, Palette::PLAIN);
    let permissions = text.split("Permissions (").nth(1).unwrap();
    let end = permissions.split("\nPlan:").next().unwrap();
    let breakable = |line: &&str| line.trim().split(' ').count() > 2;
    assert!(end.lines().filter(breakable).all(|line| line.chars().count() <= 80), "{end}");
    assert!(shown(&plan).lines().any(|line| line.chars().count() > 120));
}

#[test]
fn imports_are_counted_as_terraform_counts_them() {
    let counts = Counts { import: 2, add: 26, change: 0, destroy: 1 };
    assert_eq!(count(&counts), "Plan: 2 to import, 26 to add, 0 to change, 1 to destroy.");
    assert_eq!(count(&Counts { import: 0, ..counts }), "Plan: 26 to add, 0 to change, 1 to destroy.");
}
