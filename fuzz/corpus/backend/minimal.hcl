bucket = "b"
key = "k"
