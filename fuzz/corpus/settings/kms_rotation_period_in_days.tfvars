kms_rotation_period_in_days = 180
