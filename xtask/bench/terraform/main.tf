# The document's module for provider 3.39, equal in what it makes to examples/production with both ECR policies:
# what `cargo xtask bench` runs beside underpin.

variable "artos_ecr_aws_account" { type = string }
variable "cloudtrail_bucket_suffix" { type = string }

locals {
  name      = "${var.project_name}-${var.environment}"
  account   = data.aws_caller_identity.current.account_id
  trail_arn = "arn:aws:cloudtrail:${var.aws_region}:${local.account}:trail/${local.name}-cloudtrail"
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
