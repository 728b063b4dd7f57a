//! Plans that destroy.

use insta::assert_snapshot;
use serde_json::json;

use super::*;

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

    Permissions (+ someone can do more, - less, ~ otherwise):

      Role genai-artos-production-eks-fargate-role
        - eks-fargate-pods.amazonaws.com loses sts:AssumeRole if aws:SourceArn like arn:aws:eks:us-east-1:123456789012:fargateprofile/*/*
        - loses all of the managed policy AmazonEKSFargatePodExecutionRolePolicy (v1 of 2019-11-22): ecr 4 (reading)

      Role genai-artos-production-eks-node-group-role
        - ec2.amazonaws.com loses sts:AssumeRole
        - loses all of the managed policy AmazonEKS_CNI_Policy (v6 of 2026-03-04): ec2 14 (AssignPrivateIpAddresses, AttachNetworkInterface, CreateNetworkInterface and 5 more)
        - loses all of the managed policy AmazonEC2ContainerRegistryReadOnly (v3 of 2019-12-10): ecr 12 (reading)
        - loses all of the managed policy AmazonSSMManagedInstanceCore (v2 of 2019-05-23): ec2messages 6 (AcknowledgeMessage, DeleteMessage, FailMessage and 1 more), ssm 15 (PutComplianceItems, PutConfigurePackageResult, PutInventory and 3 more), ssmmessages 4 (CreateControlChannel, CreateDataChannel, OpenControlChannel and 1 more)
        - loses all of the managed policy AmazonEKSWorkerNodePolicy (v3 of 2023-11-27): ec2 8 (reading), eks 1 (reading), eks-auth 1 (AssumeRoleForPodIdentity)

      Role genai-artos-production-eks-service-role
        - eks.amazonaws.com loses sts:AssumeRole if aws:SourceAccount = 123456789012
        - loses all of the managed policy AmazonEKSClusterPolicy (v10 of 2026-02-12): autoscaling 2 (UpdateAutoScalingGroup), ec2 28 (AttachVolume, AuthorizeSecurityGroupIngress, CreateRoute and 11 more), elasticloadbalancing 31 (AddTags, ApplySecurityGroupsToLoadBalancer, AttachLoadBalancerToSubnets and 21 more), iam 1 (CreateServiceLinkedRole), kms 1 (reading)

      Role genai-artos-production-rds-enhanced-monitoring-role
        - monitoring.rds.amazonaws.com loses sts:AssumeRole if aws:SourceArn like arn:aws:rds:us-east-1:123456789012:cluster:* or arn:aws:rds:us-east-1:123456789012:db:* and aws:SourceAccount = 123456789012
        - loses all of the managed policy AmazonRDSEnhancedMonitoringRole (v1 of 2015-11-11): logs 6 (CreateLogGroup, CreateLogStream, PutLogEvents and 1 more)

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
        - loses all of the managed policy AmazonEKSClusterPolicy (v10 of 2026-02-12): autoscaling 2 (UpdateAutoScalingGroup), ec2 28 (AttachVolume, AuthorizeSecurityGroupIngress, CreateRoute and 11 more), elasticloadbalancing 31 (AddTags, ApplySecurityGroupsToLoadBalancer, AttachLoadBalancerToSubnets and 21 more), iam 1 (CreateServiceLinkedRole), kms 1 (reading)

      Role genai-artos-production-rds-enhanced-monitoring-role
        - monitoring.rds.amazonaws.com loses sts:AssumeRole if aws:SourceArn like arn:aws:rds:us-east-1:123456789012:cluster:* or arn:aws:rds:us-east-1:123456789012:db:* and aws:SourceAccount = 123456789012
        - loses all of the managed policy AmazonRDSEnhancedMonitoringRole (v1 of 2015-11-11): logs 6 (CreateLogGroup, CreateLogStream, PutLogEvents and 1 more)

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
