bucket = "b"
key = "k"
access_key = "AKIA"
secret_key = "s"
token = "t"
sse_customer_key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
encrypt = true
