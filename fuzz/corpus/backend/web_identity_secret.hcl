bucket = "b"
key = "k"
assume_role_with_web_identity = { role_arn = "arn:aws:iam::123456789012:role/x", web_identity_token = "secret" }
