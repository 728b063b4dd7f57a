//! CloudWatch Logs: log groups and their metric filters, and the words they share.

pub(super) mod log_group;
pub(super) mod metric_filter;

/// CloudWatch Logs' name for what is not there.
pub(crate) const GONE: &[&str] = &["ResourceNotFoundException"];
/// CloudWatch Logs: two changes of one log group at once.
const BUSY: &[&str] = &["OperationAbortedException"];
/// CloudWatch Logs: the same, or the log group was made a moment ago.
const GROUP_NEW: &[&str] = &["OperationAbortedException", "ResourceNotFoundException"];
/// CloudWatch Logs: two changes at once, or the key was made a moment ago, which it calls an invalid parameter.
const KEY_NEW: &[&str] = &["InvalidParameterException", "OperationAbortedException"];
