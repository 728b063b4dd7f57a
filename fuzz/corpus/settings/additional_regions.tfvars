additional_regions = ["eu-central-1"]
