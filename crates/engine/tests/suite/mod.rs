//! Fakes and the tests that use them.

mod cloud;
mod converge;
mod lease;
mod settings;
mod store;
mod takeover;
mod world;
