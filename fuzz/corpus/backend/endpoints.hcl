bucket = "b"
key = "k"
endpoints = { s3 = "http://127.0.0.1:5000", dynamodb = "http://x", iam = "https://y", sts = "https://z", sso = "https://w" }
