//! The global foundation: settings, resource kinds, and the blueprint that follows from them. Pure.

mod accepted;
pub mod addresses;
pub mod blueprint;
mod finding;
mod guarded;
pub mod heartbeat;
pub mod identifiers;
mod improvement;
pub mod kinds;
mod managed_policies;
pub mod premises;
mod resource;
pub mod review;
mod sample_event;
pub mod schema;
pub mod settings;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use accepted::{Accepted, InvalidEntry};
pub use blueprint::{Blueprint, OwnStatement, blueprint, statement_problems};
pub use finding::{Allows, Finding, FindingKind, Topic};
pub use guarded::guarded;
pub use identifiers::{AccountId, Arn, BucketName, Caller, IamPath, Partition, Region};
pub use improvement::improvement;
pub use managed_policies::{ManagedPolicy, managed_policy};
pub use resource::{OutputExpression, Resource};
pub use review::{Review, Reviewed, fact::Fact};
pub use sample_event::{sample_event, sample_record};
pub use schema::{
    Attribute, Compare, Form, FoundBy, Lead, Power, Provider, Reference, Removal, Role, Schema, Unplanned,
    Usual,
};
pub use settings::{Origin, SettingValue, Settings};
