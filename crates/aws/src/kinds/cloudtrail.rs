//! CloudTrail.

pub mod trail;
