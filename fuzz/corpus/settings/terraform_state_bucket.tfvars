terraform_state_bucket = "artos-terraform-state"
