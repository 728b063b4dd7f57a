bucket = "b"
key = "k"
endpoint = "https://a"
dynamodb_endpoint = "https://b"
iam_endpoint = "https://c"
sts_endpoint = "https://d"
force_path_style = true
shared_credentials_file = "x"
