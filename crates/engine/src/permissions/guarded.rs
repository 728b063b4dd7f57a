//! What holds the audit logs, and what makes them readable.

use terraform::{Attributes, Value};

use crate::plan::Plan;

/// The types whose objects the audit logs hang on.
const TYPES: [&str; 4] = ["aws_s3_bucket", "aws_cloudwatch_log_group", "aws_kms_key", "aws_cloudtrail"];

/// The ARNs of everything that the audit logs hang on, and for what holds others one of those.
pub(super) fn guarded(plan: &Plan) -> Vec<String> {
    let changes = plan.changes.iter().filter(|change| TYPES.contains(&change.address.resource_type()));
    let objects = changes.flat_map(|change| {
        let type_ = change.address.resource_type();
        [change.before.as_ref(), change.after.as_ref()]
            .into_iter()
            .flatten()
            .map(move |object| (type_, object))
    });
    objects.flat_map(|(type_, object)| arns(type_, object, plan)).collect()
}

fn arns(resource_type: &str, object: &Attributes, plan: &Plan) -> Vec<String> {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    match (resource_type, text("arn"), text("bucket")) {
        ("aws_s3_bucket", _, Some(bucket)) => {
            let arn = format!("arn:{}:s3:::{bucket}", plan.caller.partition.name());
            vec![format!("{arn}/AWSLogs/log.json.gz"), arn]
        }
        ("aws_cloudwatch_log_group", Some(arn), _) => {
            vec![format!("{arn}:log-stream:stream"), arn.to_owned()]
        }
        (_, Some(arn), _) => vec![arn.to_owned()],
        _ => Vec::new(),
    }
}
