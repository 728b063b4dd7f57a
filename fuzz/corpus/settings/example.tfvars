# terraform.tfvars
project_name = "genai-artos"
environment = "production"
aws_region = "us-east-1"
terraform_state_bucket = "artos-terraform-state"
tags = {
system_owner = "platform-team@company.com"
system_admin = "devops@company.com"
created_by = "Terraform"
cost_center = "engineering"
application = "artos-backend"
}
