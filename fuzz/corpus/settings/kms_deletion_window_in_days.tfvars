kms_deletion_window_in_days = 30
