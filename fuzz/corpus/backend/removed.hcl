role_arn = "x"
external_id = "y"
session_name = "z"
buket = "b"
assume_role { role_arn = "x" }
