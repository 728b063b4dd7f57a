//! CloudTrail: the trail.

pub mod trail;
