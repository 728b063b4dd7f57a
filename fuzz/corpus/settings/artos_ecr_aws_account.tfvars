artos_ecr_aws_account = "210987654321"
