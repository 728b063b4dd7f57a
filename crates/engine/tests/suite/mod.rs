//! Fakes and the tests that use them.

mod cloud;
mod converge;
mod store;
mod takeover;
