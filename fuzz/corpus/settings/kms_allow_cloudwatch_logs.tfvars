kms_allow_cloudwatch_logs = false
