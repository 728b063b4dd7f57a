accepted = [
  "role_policy:arn:aws:iam::aws:policy/SecurityAudit",
  { what = "grant:arn:aws:iam::123456789012:role/backup", until = "2027-06-30", reason = "the migration" },
]
