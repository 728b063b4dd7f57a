enable_fargate = false
