//! Plan, apply, refresh and recovery over three traits: the cloud, the state store, the clock.

pub mod cloud;
pub mod store;

pub use cloud::{Cloud, CloudError, CloudErrorKind, Foreign, Found, Search, StepError};
pub use store::{LockError, StateStore, StoreError, Stored, Version};
