exclusive_role_policies = true
