//! Fakes and the tests that use them.

mod cloud;
mod confirmation;
mod converge;
mod document;
mod lease;
mod profile;
mod refresh;
mod settings;
mod store;
mod takeover;
mod world;
