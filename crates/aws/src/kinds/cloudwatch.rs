//! CloudWatch.

pub(crate) mod metric_alarm;
