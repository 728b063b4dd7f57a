//! Fakes and the tests that use them.

mod cloud;
mod converge;
mod lease;
mod store;
mod takeover;
