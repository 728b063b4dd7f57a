//! Trails that are made in memory.

mod disguised;
mod exhaustive;
mod healthy;
mod judge;
mod tampered;
