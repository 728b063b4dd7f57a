//! The state lock: who gets it when its holder is dead, paused, or Terraform.

mod clock;
mod dead;
pub mod stage;
mod terraform;
