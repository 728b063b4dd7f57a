ecr_repository_prefixes = ["production", "thirdparty"]
