# The document's module for provider 3.39, equal in what it makes to examples/production with both ECR policies:
# what `cargo xtask bench` runs beside underpin.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "3.39.0"
    }
  }
  backend "s3" {}
}

variable "project_name" { type = string }
variable "environment" { type = string }
variable "aws_region" { type = string }
variable "terraform_state_bucket" { type = string }
variable "artos_ecr_aws_account" { type = string }
variable "cloudtrail_bucket_suffix" { type = string }
variable "tags" { type = map(string) }
variable "endpoint" { type = string }

provider "aws" {
  region                      = var.aws_region
  skip_metadata_api_check     = true
  skip_credentials_validation = true
  skip_get_ec2_platforms      = true
  s3_force_path_style         = true

  endpoints {
    cloudtrail = var.endpoint
    iam        = var.endpoint
    kms        = var.endpoint
    s3         = var.endpoint
    sts        = var.endpoint
  }
}

data "aws_caller_identity" "current" {}

locals {
  name      = "${var.project_name}-${var.environment}"
  account   = data.aws_caller_identity.current.account_id
  trail_arn = "arn:aws:cloudtrail:${var.aws_region}:${local.account}:trail/${local.name}-cloudtrail"
  key_use   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
  key_services = {
    "Allow EKS Service"             = "eks.amazonaws.com"
    "Allow RDS Service"             = "rds.amazonaws.com"
    "Allow S3 Service"              = "s3.amazonaws.com"
    "Allow CloudTrail Service"      = "cloudtrail.amazonaws.com"
    "Allow Secrets Manager Service" = "secretsmanager.amazonaws.com"
  }
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

resource "aws_kms_key" "main" {
  description             = "Encryption key of ${local.name}"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  tags                    = var.tags
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "Enable IAM User Permissions"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      }],
      [for sid, service in local.key_services : {
        Sid       = sid
        Effect    = "Allow"
        Principal = { Service = service }
        Action    = local.key_use
        Resource  = "*"
      }],
    )
  })
}

resource "aws_kms_alias" "main" {
  name          = "alias/${local.name}-kms-key"
  target_key_id = aws_kms_key.main.key_id
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

resource "aws_iam_role_policy" "cross_account_ecr" {
  for_each = toset(["eks_node_group", "eks_fargate"])
  name     = "cross-account-ecr"
  role     = aws_iam_role.main[each.value].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = "*" },
      {
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:GetDownloadUrlForLayer",
          "ecr:BatchGetImage",
          "ecr:DescribeRepositories",
          "ecr:DescribeImages",
        ]
        Resource = [
          "arn:aws:ecr:*:${var.artos_ecr_aws_account}:repository/development/*",
          "arn:aws:ecr:*:${var.artos_ecr_aws_account}:repository/thirdparty/*",
        ]
      },
    ]
  })
}

resource "aws_s3_bucket" "cloudtrail" {
  bucket        = "${local.name}-cloudtrail-logs-${var.cloudtrail_bucket_suffix}"
  force_destroy = false
  tags          = var.tags

  versioning {
    enabled = true
  }

  server_side_encryption_configuration {
    rule {
      bucket_key_enabled = true
      apply_server_side_encryption_by_default {
        sse_algorithm     = "aws:kms"
        kms_master_key_id = aws_kms_key.main.arn
      }
    }
  }
}

resource "aws_s3_bucket_public_access_block" "cloudtrail" {
  bucket                  = aws_s3_bucket.cloudtrail.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "cloudtrail" {
  bucket = aws_s3_bucket.cloudtrail.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
  # S3 refuses two settings of one bucket at once.
  depends_on = [aws_s3_bucket_public_access_block.cloudtrail]
}

resource "aws_s3_bucket_policy" "cloudtrail" {
  bucket = aws_s3_bucket.cloudtrail.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AWSCloudTrailAclCheck"
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "s3:GetBucketAcl"
        Resource  = aws_s3_bucket.cloudtrail.arn
        Condition = { StringEquals = { "aws:SourceArn" = local.trail_arn } }
      },
      {
        Sid       = "AWSCloudTrailWrite"
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "${aws_s3_bucket.cloudtrail.arn}/AWSLogs/${local.account}/*"
        Condition = { StringEquals = { "s3:x-amz-acl" = "bucket-owner-full-control", "aws:SourceArn" = local.trail_arn } }
      },
      {
        Sid       = "DenyInsecureTransport"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.cloudtrail.arn, "${aws_s3_bucket.cloudtrail.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
  depends_on = [aws_s3_bucket_public_access_block.cloudtrail]
}

resource "aws_cloudtrail" "main" {
  name                          = "${local.name}-cloudtrail"
  s3_bucket_name                = aws_s3_bucket.cloudtrail.id
  kms_key_id                    = aws_kms_key.main.arn
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true
  tags                          = var.tags

  event_selector {
    read_write_type           = "All"
    include_management_events = true
    data_resource {
      type   = "AWS::S3::Object"
      values = ["${aws_s3_bucket.cloudtrail.arn}/"]
    }
  }

  depends_on = [aws_s3_bucket_policy.cloudtrail]
}

output "kms_key_id" { value = aws_kms_key.main.key_id }
output "kms_key_arn" { value = aws_kms_key.main.arn }
output "eks_service_role_arn" { value = aws_iam_role.main["eks_service"].arn }
output "eks_node_group_role_arn" { value = aws_iam_role.main["eks_node_group"].arn }
output "eks_fargate_role_arn" { value = aws_iam_role.main["eks_fargate"].arn }
output "rds_enhanced_monitoring_role_arn" { value = aws_iam_role.main["rds_enhanced_monitoring"].arn }
output "cloudtrail_arn" { value = aws_cloudtrail.main.arn }
