tags = {
  system_owner = "platform-team@company.com"
  cost_center  = "engineering"
}
