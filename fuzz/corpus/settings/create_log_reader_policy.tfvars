create_log_reader_policy = true
