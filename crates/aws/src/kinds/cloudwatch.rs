//! CloudWatch.

pub(super) mod metric_alarm;
