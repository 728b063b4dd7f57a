//! CloudTrail.

pub(crate) mod trail;
