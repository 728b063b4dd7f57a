kms_allow_autoscaling = true
