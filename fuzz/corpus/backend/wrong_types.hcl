bucket = ["b"]
key = {}
encrypt = "yes"
max_retries = -1
allowed_account_ids = "x"
assume_role = "y"
endpoints = []
