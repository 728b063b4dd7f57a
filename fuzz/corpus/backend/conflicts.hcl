bucket = "b"
key = "k"
endpoint = "a"
endpoints = { s3 = "b", nope = 1 }
force_path_style = true
use_path_style = false
kms_key_id = "x"
sse_customer_key = "y"
allowed_account_ids = []
forbidden_account_ids = ["1"]
