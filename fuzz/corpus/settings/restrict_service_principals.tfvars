restrict_service_principals = false
