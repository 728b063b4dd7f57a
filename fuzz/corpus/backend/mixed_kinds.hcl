path = "x"
bucket = "b"
