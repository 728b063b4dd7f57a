//! The outputs: the document's seven, and three beyond it.

use std::collections::BTreeMap;

use terraform::Value;

use super::OutputExpression;
use super::draft::{Draft, KEY_ARN};
use super::key::alias_name;
use super::roles::role_arns;

/// All outputs; each is a string or `null`.
pub(super) fn outputs(draft: &Draft<'_>) -> BTreeMap<String, OutputExpression> {
    let [eks_service, eks_node_group, eks_fargate, rds_enhanced_monitoring] = role_arns(draft);
    let values = [
        ("kms_key_id", Some("${aws_kms_key.main.key_id}".to_owned())),
        ("kms_key_arn", Some(KEY_ARN.to_owned())),
        ("eks_service_role_arn", eks_service),
        ("eks_node_group_role_arn", eks_node_group),
        ("eks_fargate_role_arn", eks_fargate),
        ("rds_enhanced_monitoring_role_arn", rds_enhanced_monitoring),
        ("cloudtrail_arn", Some(draft.trail_arn())),
        ("kms_alias_name", Some(alias_name(draft))),
        ("cloudtrail_bucket_name", Some(draft.bucket.clone())),
        ("aws_account_id", Some(draft.caller.account_id.to_string())),
    ];
    values
        .into_iter()
        .map(|(name, value)| {
            let expression = OutputExpression {
                value: value.map_or(Value::Null, Value::String),
                value_type: Value::String("string".to_owned()),
            };
            (name.to_owned(), expression)
        })
        .collect()
}
