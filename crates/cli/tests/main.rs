//! The binary as users run it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops at the first thing that is not as expected, and may say what it measured"
)]

mod advice;
mod doctor;
mod foundation;
mod locks;
mod offline;
mod reliability;
mod requests;
mod screens;
mod state;
mod support;
mod trail;
mod transcripts;
