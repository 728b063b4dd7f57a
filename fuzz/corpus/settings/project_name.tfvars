project_name = "genai-artos"
