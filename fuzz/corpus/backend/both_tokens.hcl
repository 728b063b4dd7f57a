bucket = "b"
key = "k"
assume_role_with_web_identity = { role_arn = "x", web_identity_token_file = "t", web_identity_token = "u", duration = "1s" }
