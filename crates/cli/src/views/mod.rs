//! Everything a person sees: pure functions from a value to text, and the terminal that prints it. Nothing else in the
//! program prints.

pub mod adoption;
mod advice;
pub mod diagnostics;
pub mod doctor;
mod failure;
pub mod lock;
pub mod palette;
pub mod plan;
pub mod policy;
pub mod progress;
#[cfg(test)]
mod sample;
pub mod show;
pub mod state;
pub mod stream;
pub mod summary;
pub mod terminal;
pub mod trail;
pub mod waiting;
pub mod whereabouts;
pub mod workspace;

pub use terminal::Terminal;
