//! CloudWatch.

pub mod metric_alarm;
