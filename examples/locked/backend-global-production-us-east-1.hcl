# The same state, locked: of two runs at a time one waits or is refused. Needs permission to delete the lock object.
bucket       = "artos-terraform-state"
key          = "global/production/us-east-1/terraform.tfstate"
region       = "us-east-1"
encrypt      = true
use_lockfile = true
