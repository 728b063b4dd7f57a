bucket = "b"
key = "k"
assume_role = {
  role_arn = "arn:aws:iam::123456789012:role/x"
  duration = "1h30m"
  external_id = "e"
  policy = "{}"
  policy_arns = ["arn:aws:iam::aws:policy/x"]
  session_name = "s"
  source_identity = "i"
  tags = { a = "b" }
  transitive_tag_keys = ["a"]
}
