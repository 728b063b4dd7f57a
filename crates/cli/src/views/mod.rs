//! Everything a person sees: pure functions from a value to text, and the terminal that prints it. Nothing else in the
//! program prints.

pub(crate) mod adoption;
mod advice;
pub(crate) mod diagnostics;
pub(crate) mod doctor;
mod failure;
pub(crate) mod lock;
pub(crate) mod palette;
pub(crate) mod plan;
pub(crate) mod policy;
pub(crate) mod progress;
#[cfg(test)]
mod sample;
pub(crate) mod state;
pub(crate) mod stream;
pub(crate) mod summary;
pub(crate) mod terminal;
pub(crate) mod trail;
pub(crate) mod waiting;
pub(crate) mod whereabouts;
pub(crate) mod workspace;

pub(crate) use terminal::Terminal;
