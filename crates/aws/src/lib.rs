//! The only user of the AWS SDK: one file a resource kind, and the state stores.

pub mod account;
mod attributes;
mod call;
pub mod caller;
pub mod clients;
pub mod cloud;
pub mod error;
mod kind;
mod kinds;
mod shared;
pub mod ssm;
pub mod store;
pub mod tags;
pub mod waiting;

pub use account::{Account, Place, Services};
pub use cloud::AwsCloud;
