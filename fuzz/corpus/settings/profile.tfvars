profile = "document"
