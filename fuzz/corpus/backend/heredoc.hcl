bucket = <<E
b
E
key = "k"
