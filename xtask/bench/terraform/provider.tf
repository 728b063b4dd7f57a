# The backend, the provider, and the settings of any module that is run in an emulator.

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
