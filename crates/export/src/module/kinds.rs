//! Where each kind stands in a module, and what the provider imports its objects by.

use terraform::{Attributes, Value};

use super::Provider;

/// The files of resources, in the order in which they are written.
pub(super) const FILES: [&str; 4] = ["kms.tf", "iam.tf", "cloudtrail.tf", "monitoring.tf"];

/// A kind in a module.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) resource_type: &'static str,
    /// The file that its resources stand in; `None` for what the head of the module writes itself.
    pub(super) file: Option<&'static str>,
    /// What the provider imports an object by.
    pub(super) import: Import,
}

/// What the provider imports an object by.
#[derive(Clone, Copy, Debug)]
pub(super) enum Import {
    /// Its id.
    Id,
    /// Its ARN.
    Arn,
    /// Its ARN in new providers, its id in provider 3.
    ArnLater,
    /// Two attributes with a separator between.
    Joined(&'static str, &'static str, &'static str),
}

/// Every kind.
const KINDS: &[Kind] = &[
    kind("terraform_data", None, Import::Id),
    kind("aws_kms_key", Some("kms.tf"), Import::Id),
    kind("aws_kms_alias", Some("kms.tf"), Import::Id),
    kind("aws_iam_service_linked_role", Some("kms.tf"), Import::Arn),
    kind("aws_iam_role", Some("iam.tf"), Import::Id),
    kind("aws_iam_role_policy_attachment", Some("iam.tf"), Import::Joined("role", "/", "policy_arn")),
    kind("aws_iam_role_policy", Some("iam.tf"), Import::Joined("role", ":", "name")),
    kind("aws_iam_instance_profile", Some("iam.tf"), Import::Id),
    kind("aws_iam_policy", Some("iam.tf"), Import::Arn),
    kind("aws_s3_bucket", Some("cloudtrail.tf"), Import::Id),
    kind("aws_s3_bucket_versioning", Some("cloudtrail.tf"), Import::Id),
    kind("aws_s3_bucket_server_side_encryption_configuration", Some("cloudtrail.tf"), Import::Id),
    kind("aws_s3_bucket_public_access_block", Some("cloudtrail.tf"), Import::Id),
    kind("aws_s3_bucket_ownership_controls", Some("cloudtrail.tf"), Import::Id),
    kind("aws_s3_bucket_policy", Some("cloudtrail.tf"), Import::Id),
    kind("aws_s3_bucket_lifecycle_configuration", Some("cloudtrail.tf"), Import::Id),
    kind("aws_s3_bucket_object_lock_configuration", Some("cloudtrail.tf"), Import::Id),
    kind("aws_s3_bucket_logging", Some("cloudtrail.tf"), Import::Id),
    kind("aws_cloudtrail", Some("cloudtrail.tf"), Import::ArnLater),
    kind("aws_sns_topic", Some("monitoring.tf"), Import::Arn),
    kind("aws_sns_topic_policy", Some("monitoring.tf"), Import::Arn),
    kind("aws_sns_topic_subscription", Some("monitoring.tf"), Import::Arn),
    kind("aws_cloudwatch_log_group", Some("monitoring.tf"), Import::Id),
    kind(
        "aws_cloudwatch_log_metric_filter",
        Some("monitoring.tf"),
        Import::Joined("log_group_name", ":", "name"),
    ),
    kind("aws_cloudwatch_event_rule", Some("monitoring.tf"), Import::Id),
    kind("aws_cloudwatch_event_target", Some("monitoring.tf"), Import::Joined("rule", "/", "target_id")),
    kind("aws_cloudwatch_metric_alarm", Some("monitoring.tf"), Import::Id),
];

/// The kind of a type.
pub(super) fn kind_of(resource_type: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.resource_type == resource_type)
}

const fn kind(resource_type: &'static str, file: Option<&'static str>, import: Import) -> Kind {
    Kind { resource_type, file, import }
}

impl Import {
    /// What the provider imports the object with these attributes by.
    pub(super) fn id(self, attributes: &Attributes, provider: Provider) -> Option<String> {
        let text = |name: &str| attributes.get(name).and_then(Value::as_str);
        match self {
            Self::Joined(one, separator, other) => Some(format!("{}{separator}{}", text(one)?, text(other)?)),
            Self::Arn => text("arn").map(str::to_owned),
            Self::ArnLater if provider != Provider::Three => text("arn").map(str::to_owned),
            Self::ArnLater | Self::Id => text("id").map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use foundation::kinds::SCHEMAS;

    use super::*;

    #[test]
    fn every_kind_has_its_place() {
        for schema in SCHEMAS {
            let kind = kind_of(schema.resource_type).unwrap_or_else(|| panic!("{}", schema.resource_type));
            assert!(kind.file.is_none_or(|file| FILES.contains(&file)), "{}", schema.resource_type);
        }
        assert_eq!(KINDS.len(), SCHEMAS.len());
    }
}
