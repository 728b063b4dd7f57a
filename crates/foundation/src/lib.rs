//! The global foundation: settings, resource kinds, and the blueprint that follows from them. Pure.

pub mod addresses;
mod arguments;
pub mod blueprint;
pub mod identifiers;
mod improvement;
pub mod kinds;
mod managed_policies;
mod resource;
mod review;
mod sample_event;
pub mod schema;
pub mod settings;

pub use blueprint::{Blueprint, blueprint};
pub use identifiers::{AccountId, Arn, BucketName, Caller, IamPath, Partition, Region};
pub use improvement::improvement;
pub use managed_policies::{ManagedPolicy, managed_policy};
pub use resource::{OutputExpression, Resource};
pub use review::review;
pub use sample_event::sample_event;
pub use schema::{
    Attribute, Compare, Form, FoundBy, Lead, Power, Provider, Reference, Removal, Role, Schema, Unplanned,
    Usual,
};
pub use settings::{Origin, SettingValue, Settings};
