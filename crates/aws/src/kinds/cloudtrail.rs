//! CloudTrail.

pub(crate) mod insights;
pub(crate) mod trail;
