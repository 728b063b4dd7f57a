//! The outputs: the document's seven, and three beyond it.
//!
//! Each refers to an attribute of the resource it names, so that after a run that failed no output names what does not
//! exist.

use std::collections::BTreeMap;

use terraform::Value;

use super::draft::Draft;
use crate::resource::OutputExpression;

/// The outputs that are there whatever the settings say.
const ALWAYS: [(&str, &str); 8] = [
    ("kms_key_id", "${aws_kms_key.main.key_id}"),
    ("kms_key_arn", "${aws_kms_key.main.arn}"),
    ("eks_service_role_arn", "${aws_iam_role.eks_service.arn}"),
    ("eks_node_group_role_arn", "${aws_iam_role.eks_node_group.arn}"),
    ("rds_enhanced_monitoring_role_arn", "${aws_iam_role.rds_enhanced_monitoring.arn}"),
    ("cloudtrail_arn", "${aws_cloudtrail.main.arn}"),
    ("kms_alias_name", "${aws_kms_alias.main.name}"),
    ("cloudtrail_bucket_name", "${aws_s3_bucket.cloudtrail.bucket}"),
];

/// All outputs; each is a string, or `null` where the settings leave its resource out.
pub(super) fn outputs(draft: &Draft<'_>) -> BTreeMap<String, OutputExpression> {
    let fargate = match draft.settings.enable_fargate {
        true => Value::from("${aws_iam_role.eks_fargate.arn}"),
        false => Value::Null,
    };
    let account = Value::from(draft.caller.account_id.as_str());
    ALWAYS
        .iter()
        .map(|(name, template)| (*name, Value::from(*template)))
        .chain([("eks_fargate_role_arn", fargate), ("aws_account_id", account)])
        .map(|(name, value)| (name.to_owned(), OutputExpression { value, value_type: Value::from("string") }))
        .collect()
}
