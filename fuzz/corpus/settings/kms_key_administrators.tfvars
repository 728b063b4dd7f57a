kms_key_administrators = ["arn:aws:iam::123456789012:role/KeyAdmin"]
