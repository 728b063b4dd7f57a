path = "x.tfstate"
workspace_dir = "w"
