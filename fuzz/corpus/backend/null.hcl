bucket = null
key = "k"
