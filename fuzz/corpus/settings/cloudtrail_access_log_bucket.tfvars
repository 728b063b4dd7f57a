cloudtrail_access_log_bucket = "artos-access-logs"
