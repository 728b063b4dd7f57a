//! Whole trails, healthy and tampered with, judged as the commands judge them: from the bytes alone.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test")]

mod trails;
