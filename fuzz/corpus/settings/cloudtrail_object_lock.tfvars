cloudtrail_object_lock = {
  mode = "GOVERNANCE"
  days = 365
}
