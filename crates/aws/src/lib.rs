//! The only user of the AWS SDK: one file a resource kind, and the state store in S3.

pub mod account;
mod alerts;
pub mod archive;
mod attributes;
mod call;
pub mod caller;
pub mod clients;
pub mod cloud;
pub mod error;
pub mod heartbeat;
mod kind;
mod kinds;
mod premises;
mod principals;
pub mod probe;
mod review;
pub mod s3_store;
mod services;
mod shared;
pub mod ssm;
pub mod tags;
mod unread;
pub mod waiting;

pub use account::{Account, Place};
pub use alerts::{Alerts, LiveAlarm, LiveFilter, LiveRule, Subscriber};
pub use cloud::AwsCloud;
pub use services::Services;
