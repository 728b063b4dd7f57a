//! The only user of the AWS SDK: one file a resource kind, and the state stores.

pub mod error;
