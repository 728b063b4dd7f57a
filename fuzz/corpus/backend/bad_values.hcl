bucket = ""
key = "/a//b/"
region = "moon"
workspace_key_prefix = "/"
kms_key_id = "arn:aws:kms:::key/x"
retry_mode = "x"
max_retries = 1.5
http_proxy = "x"
