//! The global foundation: settings, resource kinds, and the blueprint that follows from them. Pure.

pub mod addresses;
pub mod blueprint;
pub mod identifiers;
mod improvement;
pub mod kinds;
mod review;
pub mod schema;
pub mod settings;

pub use blueprint::{Blueprint, Caller, OutputExpression, Resource, blueprint};
pub use identifiers::{AccountId, Arn, BucketName, Partition, Region};
pub use improvement::improvement;
pub use review::review;
pub use schema::{Attribute, Compare, Provider, Role, Schema};
pub use settings::{Origin, SettingValue, Settings};
