cloudtrail_bucket_suffix = "7c2e91b4"
