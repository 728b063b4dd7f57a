//! CloudTrail.

pub(crate) mod insights;
pub(crate) mod trail;

/// CloudTrail's names for a trail that is not there.
pub(crate) const GONE: &[&str] =
    &["CloudTrailARNInvalidException", "ResourceNotFoundException", "TrailNotFoundException"];
