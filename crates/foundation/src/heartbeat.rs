//! The words that the heartbeat's publisher and its alarm share. The namespace and the metric are those of the module's
//! document.

/// The namespace of the metrics.
pub const NAMESPACE: &str = "CloudTrailMetrics";

/// 1 while the trail records, else 0.
pub const IS_LOGGING: &str = "IsLogging";

/// Seconds since the last log arrived.
pub const DELIVERY_AGE: &str = "DeliveryAge";

/// Seconds since the last digest arrived.
pub const DIGEST_AGE: &str = "DigestAge";

/// The dimension: the trail's name.
pub const TRAIL: &str = "TrailName";
