//! Plans that make objects anew.

use insta::assert_snapshot;
use serde_json::json;

use super::*;

#[expect(clippy::too_many_lines, reason = "one plan, shown whole")]
#[test]
fn a_role_and_the_bucket_replaced() {
    let world = applied(json!({}));
    let renamed =
        with_settings(world, json!({"iam_path": "/platform/", "cloudtrail_bucket_suffix": "audit"}));
    assert_snapshot!(shown_apply(&renamed), @r#"
    underpin will perform these actions:

      ~ update in place
    -/+ destroy, then create a replacement
    +/. create a new one, leave the old one in AWS

      ~ terraform_data.deployment  5c1f2a52-6d0a-4b0e-9c39-0d5a1f4b7e21
          input  null -> "audit"
    -/+ aws_iam_role.eks_service  genai-artos-production-eks-service-role
          path  "/" -> "/platform/"  # forces replacement
    -/+ aws_iam_role_policy_attachment.eks_cluster_policy  AmazonEKSClusterPolicy on genai-artos-production-eks-service-role
          because what it depends on is replaced
    -/+ aws_iam_role.eks_node_group  genai-artos-production-eks-node-group-role
          path  "/" -> "/platform/"  # forces replacement
    -/+ aws_iam_role_policy_attachment.eks_worker_node_policy  AmazonEKSWorkerNodePolicy on genai-artos-production-eks-node-group-role
          because what it depends on is replaced
    -/+ aws_iam_role_policy_attachment.eks_cni_policy  AmazonEKS_CNI_Policy on genai-artos-production-eks-node-group-role
          because what it depends on is replaced
    -/+ aws_iam_role_policy_attachment.eks_container_registry_read_only  AmazonEC2ContainerRegistryReadOnly on genai-artos-production-eks-node-group-role
          because what it depends on is replaced
    -/+ aws_iam_role_policy_attachment.eks_ssm_managed_instance_core  AmazonSSMManagedInstanceCore on genai-artos-production-eks-node-group-role
          because what it depends on is replaced
    -/+ aws_iam_role.eks_fargate  genai-artos-production-eks-fargate-role
          path  "/" -> "/platform/"  # forces replacement
    -/+ aws_iam_role_policy_attachment.eks_fargate_pod_execution_role_policy  AmazonEKSFargatePodExecutionRolePolicy on genai-artos-production-eks-fargate-role
          because what it depends on is replaced
    -/+ aws_iam_role.rds_enhanced_monitoring  genai-artos-production-rds-enhanced-monitoring-role
          path  "/" -> "/platform/"  # forces replacement
    -/+ aws_iam_role_policy_attachment.rds_enhanced_monitoring  AmazonRDSEnhancedMonitoringRole on genai-artos-production-rds-enhanced-monitoring-role
          because what it depends on is replaced
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

    Permissions (+ someone can do more, - less, ~ otherwise):

      Role genai-artos-production-eks-fargate-role
        + arn:aws:iam::123456789012:role/platform/genai-artos-production-eks-fargate-role is another principal than the role before it: policies that name that one do not mean it
        + eks-fargate-pods.amazonaws.com gains sts:AssumeRole if aws:SourceArn like arn:aws:eks:us-east-1:123456789012:fargateprofile/*/*
        + gains all of the managed policy AmazonEKSFargatePodExecutionRolePolicy (v1 of 2019-11-22): ecr 4 (reading)
        - arn:aws:iam::123456789012:role/genai-artos-production-eks-fargate-role ends, and whatever policies and grants allow it; Fargate profiles that run with it lose what it allows until they have the new one
        - eks-fargate-pods.amazonaws.com loses sts:AssumeRole if aws:SourceArn like arn:aws:eks:us-east-1:123456789012:fargateprofile/*/*
        - loses all of the managed policy AmazonEKSFargatePodExecutionRolePolicy (v1 of 2019-11-22): ecr 4 (reading)

      Role genai-artos-production-eks-node-group-role
        + arn:aws:iam::123456789012:role/platform/genai-artos-production-eks-node-group-role is another principal than the role before it: policies that name that one do not mean it
        + ec2.amazonaws.com gains sts:AssumeRole
        + gains all of the managed policy AmazonEKSWorkerNodePolicy (v3 of 2023-11-27): ec2 8 (reading), eks 1 (reading), eks-auth 1 (AssumeRoleForPodIdentity)
        + gains all of the managed policy AmazonEKS_CNI_Policy (v6 of 2026-03-04): ec2 14 (AssignPrivateIpAddresses, AttachNetworkInterface, CreateNetworkInterface and 5 more)
        + gains all of the managed policy AmazonEC2ContainerRegistryReadOnly (v3 of 2019-12-10): ecr 12 (reading)
        + gains all of the managed policy AmazonSSMManagedInstanceCore (v2 of 2019-05-23): ec2messages 6 (AcknowledgeMessage, DeleteMessage, FailMessage and 1 more), ssm 15 (PutComplianceItems, PutConfigurePackageResult, PutInventory and 3 more), ssmmessages 4 (CreateControlChannel, CreateDataChannel, OpenControlChannel and 1 more)
        - arn:aws:iam::123456789012:role/genai-artos-production-eks-node-group-role ends, and whatever policies and grants allow it; EC2 instances and node groups that run with it lose what it allows until they have the new one
        - ec2.amazonaws.com loses sts:AssumeRole
        - loses all of the managed policy AmazonEKSWorkerNodePolicy (v3 of 2023-11-27): ec2 8 (reading), eks 1 (reading), eks-auth 1 (AssumeRoleForPodIdentity)
        - loses all of the managed policy AmazonEKS_CNI_Policy (v6 of 2026-03-04): ec2 14 (AssignPrivateIpAddresses, AttachNetworkInterface, CreateNetworkInterface and 5 more)
        - loses all of the managed policy AmazonEC2ContainerRegistryReadOnly (v3 of 2019-12-10): ecr 12 (reading)
        - loses all of the managed policy AmazonSSMManagedInstanceCore (v2 of 2019-05-23): ec2messages 6 (AcknowledgeMessage, DeleteMessage, FailMessage and 1 more), ssm 15 (PutComplianceItems, PutConfigurePackageResult, PutInventory and 3 more), ssmmessages 4 (CreateControlChannel, CreateDataChannel, OpenControlChannel and 1 more)

      Role genai-artos-production-eks-service-role
        + arn:aws:iam::123456789012:role/platform/genai-artos-production-eks-service-role is another principal than the role before it: policies that name that one do not mean it
        + eks.amazonaws.com gains sts:AssumeRole if aws:SourceAccount = 123456789012
        + gains all of the managed policy AmazonEKSClusterPolicy (v10 of 2026-02-12): autoscaling 2 (UpdateAutoScalingGroup), ec2 28 (AttachVolume, AuthorizeSecurityGroupIngress, CreateRoute and 11 more), elasticloadbalancing 31 (AddTags, ApplySecurityGroupsToLoadBalancer, AttachLoadBalancerToSubnets and 21 more), iam 1 (CreateServiceLinkedRole), kms 1 (reading)
        - arn:aws:iam::123456789012:role/genai-artos-production-eks-service-role ends, and whatever policies and grants allow it; EKS clusters that run with it lose what it allows until they have the new one
        - eks.amazonaws.com loses sts:AssumeRole if aws:SourceAccount = 123456789012
        - loses all of the managed policy AmazonEKSClusterPolicy (v10 of 2026-02-12): autoscaling 2 (UpdateAutoScalingGroup), ec2 28 (AttachVolume, AuthorizeSecurityGroupIngress, CreateRoute and 11 more), elasticloadbalancing 31 (AddTags, ApplySecurityGroupsToLoadBalancer, AttachLoadBalancerToSubnets and 21 more), iam 1 (CreateServiceLinkedRole), kms 1 (reading)

      Role genai-artos-production-rds-enhanced-monitoring-role
        + arn:aws:iam::123456789012:role/platform/genai-artos-production-rds-enhanced-monitoring-role is another principal than the role before it: policies that name that one do not mean it
        + monitoring.rds.amazonaws.com gains sts:AssumeRole if aws:SourceArn like arn:aws:rds:us-east-1:123456789012:cluster:* or arn:aws:rds:us-east-1:123456789012:db:* and aws:SourceAccount = 123456789012
        + gains all of the managed policy AmazonRDSEnhancedMonitoringRole (v1 of 2015-11-11): logs 6 (CreateLogGroup, CreateLogStream, PutLogEvents and 1 more)
        - arn:aws:iam::123456789012:role/genai-artos-production-rds-enhanced-monitoring-role ends, and whatever policies and grants allow it; RDS instances with enhanced monitoring that run with it lose what it allows until they have the new one
        - monitoring.rds.amazonaws.com loses sts:AssumeRole if aws:SourceArn like arn:aws:rds:us-east-1:123456789012:cluster:* or arn:aws:rds:us-east-1:123456789012:db:* and aws:SourceAccount = 123456789012
        - loses all of the managed policy AmazonRDSEnhancedMonitoringRole (v1 of 2015-11-11): logs 6 (CreateLogGroup, CreateLogStream, PutLogEvents and 1 more)

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
        today: None,
    };
    let plan = engine::plan(&world.blueprint, &world.state, &world.observation, &options).unwrap();
    assert_snapshot!(shown(&plan), @r"
    underpin will perform these actions:

    -/+ destroy, then create a replacement

    -/+ aws_kms_alias.main  alias/genai-artos-production-kms-key
          as asked for with -replace

    Warning: Resource targeting is in effect

    With -target, what else the settings ask for is left out. Outputs are not recorded either.

    Plan: 1 to add, 0 to change, 1 to destroy.
    ");
}
