# Backend configuration for production environment in us-east-1
# Usage: terraform init -backend-config=backend-global-production-us-east-1.hcl
bucket = "artos-terraform-state"
key = "global/production/us-east-1/terraform.tfstate"
region = "us-east-1"
