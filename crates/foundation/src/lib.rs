//! The global foundation: settings, resource kinds, and the blueprint that follows from them. Pure.

pub mod blueprint;
pub mod schema;

pub use blueprint::{Blueprint, Caller, OutputExpression, Resource};
pub use schema::{Attribute, Compare, Provider, Role, Schema};
