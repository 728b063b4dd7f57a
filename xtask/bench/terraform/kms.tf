# The document's key. What the document does not show has names of its own.

data "aws_caller_identity" "current" {}

locals {
  key_use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
  key_services = {
    "Allow EKS Service"     = "eks.amazonaws.com"
    "Allow RDS Service"     = "rds.amazonaws.com"
    "Allow S3"              = "s3.amazonaws.com"
    "Allow CloudTrail"      = "cloudtrail.amazonaws.com"
    "Allow Secrets Manager" = "secretsmanager.amazonaws.com"
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
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
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
