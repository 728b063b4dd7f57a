cloudtrail_s3_data_events = {
  scope   = "buckets"
  buckets = ["artos-uploads"]
}
