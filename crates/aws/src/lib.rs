//! The only user of the AWS SDK: one file a resource kind, and the state stores.

mod attributes;
mod call;
pub mod caller;
pub mod clients;
pub mod cloud;
pub mod error;
mod kinds;
mod shared;
pub mod ssm;
pub mod store;
pub mod tags;
pub mod waiting;

pub use cloud::{AwsCloud, Place, Services};
