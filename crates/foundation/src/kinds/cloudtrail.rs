//! CloudTrail: the trail, and what it records.

pub mod selectors;
pub mod trail;
