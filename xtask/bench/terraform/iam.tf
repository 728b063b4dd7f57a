# The document's roles.

locals {
  roles = {
    eks_service             = { name = "eks-service-role", service = "eks.amazonaws.com" }
    eks_node_group          = { name = "eks-node-group-role", service = "ec2.amazonaws.com" }
    eks_fargate             = { name = "eks-fargate-role", service = "eks-fargate-pods.amazonaws.com" }
    rds_enhanced_monitoring = { name = "rds-enhanced-monitoring-role", service = "monitoring.rds.amazonaws.com" }
  }
  attachments = {
    eks_cluster_policy                    = ["eks_service", "AmazonEKSClusterPolicy"]
    eks_worker_node_policy                = ["eks_node_group", "AmazonEKSWorkerNodePolicy"]
    eks_cni_policy                        = ["eks_node_group", "AmazonEKS_CNI_Policy"]
    eks_container_registry_read_only      = ["eks_node_group", "AmazonEC2ContainerRegistryReadOnly"]
    eks_ssm_managed_instance_core         = ["eks_node_group", "AmazonSSMManagedInstanceCore"]
    eks_fargate_pod_execution_role_policy = ["eks_fargate", "AmazonEKSFargatePodExecutionRolePolicy"]
    rds_enhanced_monitoring               = ["rds_enhanced_monitoring", "service-role/AmazonRDSEnhancedMonitoringRole"]
  }
}

resource "aws_iam_role" "main" {
  for_each = local.roles
  name     = "${local.name}-${each.value.name}"
  tags     = var.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = each.value.service }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "main" {
  for_each   = local.attachments
  role       = aws_iam_role.main[each.value[0]].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value[1]}"
}
