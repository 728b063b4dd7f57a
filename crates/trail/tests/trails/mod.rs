//! Trails that are made in memory.

mod exhaustive;
mod healthy;
mod judge;
mod tampered;
