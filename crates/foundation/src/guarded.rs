//! What holds the audit logs, and what makes them readable.

use terraform::{Attributes, Value};

use crate::Partition;

/// The ARNs by which policies name an object of a foundation that the audit logs hang on: the log bucket, the log group, the
/// key, the trail. What holds others is named with one of those. Other objects have none.
pub fn guarded(resource_type: &str, object: &Attributes, partition: Partition) -> Vec<String> {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    match (resource_type, text("arn"), text("bucket")) {
        ("aws_s3_bucket", _, Some(bucket)) => {
            let arn = format!("arn:{partition}:s3:::{bucket}");
            vec![format!("{arn}/AWSLogs/log.json.gz"), arn]
        }
        ("aws_cloudwatch_log_group", Some(arn), _) => {
            vec![format!("{arn}:log-stream:stream"), arn.to_owned()]
        }
        ("aws_kms_key" | "aws_cloudtrail", Some(arn), _) => vec![arn.to_owned()],
        _ => Vec::new(),
    }
}
