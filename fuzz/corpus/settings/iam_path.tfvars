iam_path = "/platform/"
