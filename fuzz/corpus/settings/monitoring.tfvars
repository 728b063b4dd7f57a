monitoring = {
  emails = ["security@company.com"]
}
