//! The state lock: who gets it when its holder is dead, paused, or Terraform.

mod clock;
mod dead;
mod operations;
mod skew;
mod terraform;
mod waiting;
