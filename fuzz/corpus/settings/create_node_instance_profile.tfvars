create_node_instance_profile = true
