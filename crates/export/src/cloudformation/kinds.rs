//! What becomes of each kind in a template.

/// What becomes of a kind.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// A resource of this type; its name ends with the noun.
    Resource { type_name: &'static str, noun: &'static str, entry: Entry },
    /// A property of the resource that it is a part of.
    Property,
    /// Nothing, for this reason.
    #[allow(dead_code, reason = "the reason is for who reads the table")]
    LeftOut(&'static str),
}

/// How a resource is written.
#[derive(Clone, Copy)]
pub(super) enum Entry {
    ServiceLinkedRole,
    Key,
    Alias,
    Role,
    InstanceProfile,
    Policy,
    Bucket,
    BucketPolicy,
    Trail,
    Topic,
    TopicPolicy,
    Subscription,
    LogGroup,
    MetricFilter,
    Rule,
    Alarm,
}

/// Every kind, in the order of the template.
pub(super) const KINDS: &[(&str, Form)] = &[
    ("terraform_data", Form::LeftOut("a stack has an id of its own, from which the bucket's suffix comes")),
    (
        "aws_iam_service_linked_role",
        resource("AWS::IAM::ServiceLinkedRole", "ServiceLinkedRole", Entry::ServiceLinkedRole),
    ),
    ("aws_kms_key", resource("AWS::KMS::Key", "KmsKey", Entry::Key)),
    ("aws_kms_alias", resource("AWS::KMS::Alias", "KmsAlias", Entry::Alias)),
    ("aws_iam_role", resource("AWS::IAM::Role", "Role", Entry::Role)),
    ("aws_iam_role_policy_attachment", Form::Property),
    ("aws_iam_role_policy", Form::Property),
    (
        "aws_iam_instance_profile",
        resource("AWS::IAM::InstanceProfile", "InstanceProfile", Entry::InstanceProfile),
    ),
    ("aws_iam_policy", resource("AWS::IAM::ManagedPolicy", "Policy", Entry::Policy)),
    ("aws_s3_bucket", resource("AWS::S3::Bucket", "Bucket", Entry::Bucket)),
    ("aws_s3_bucket_versioning", Form::Property),
    ("aws_s3_bucket_server_side_encryption_configuration", Form::Property),
    ("aws_s3_bucket_public_access_block", Form::Property),
    ("aws_s3_bucket_ownership_controls", Form::Property),
    ("aws_s3_bucket_lifecycle_configuration", Form::Property),
    ("aws_s3_bucket_object_lock_configuration", Form::Property),
    ("aws_s3_bucket_logging", Form::Property),
    ("aws_s3_bucket_policy", resource("AWS::S3::BucketPolicy", "BucketPolicy", Entry::BucketPolicy)),
    ("aws_cloudtrail", resource("AWS::CloudTrail::Trail", "CloudTrail", Entry::Trail)),
    ("aws_sns_topic", resource("AWS::SNS::Topic", "Topic", Entry::Topic)),
    ("aws_sns_topic_policy", resource("AWS::SNS::TopicPolicy", "TopicPolicy", Entry::TopicPolicy)),
    ("aws_sns_topic_subscription", resource("AWS::SNS::Subscription", "Subscription", Entry::Subscription)),
    ("aws_cloudwatch_log_group", resource("AWS::Logs::LogGroup", "LogGroup", Entry::LogGroup)),
    (
        "aws_cloudwatch_log_metric_filter",
        resource("AWS::Logs::MetricFilter", "MetricFilter", Entry::MetricFilter),
    ),
    ("aws_cloudwatch_event_rule", resource("AWS::Events::Rule", "Rule", Entry::Rule)),
    ("aws_cloudwatch_event_target", Form::Property),
    ("aws_cloudwatch_metric_alarm", resource("AWS::CloudWatch::Alarm", "Alarm", Entry::Alarm)),
];

const fn resource(type_name: &'static str, noun: &'static str, entry: Entry) -> Form {
    Form::Resource { type_name, noun, entry }
}

/// What becomes of a type.
pub(super) fn form_of(resource_type: &str) -> Option<&'static Form> {
    KINDS.iter().find(|(kind, _)| *kind == resource_type).map(|(_, form)| form)
}

impl Form {
    /// What the names of its resources end with.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Self::Resource { noun, .. } => noun,
            Self::Property | Self::LeftOut(_) => "",
        }
    }

    /// The type of its resources.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Resource { type_name, .. } => type_name,
            Self::Property | Self::LeftOut(_) => "",
        }
    }

    /// How its resources are written.
    pub(super) fn entry(&self) -> Option<Entry> {
        match self {
            Self::Resource { entry, .. } => Some(*entry),
            Self::Property | Self::LeftOut(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use foundation::kinds::SCHEMAS;

    use super::*;

    #[test]
    fn something_becomes_of_every_kind() {
        for schema in SCHEMAS {
            let form = form_of(schema.resource_type).unwrap_or_else(|| panic!("{}", schema.resource_type));
            let is_part = schema.part_of.is_some();
            assert!(
                is_part || !matches!(form, Form::Property),
                "{} is part of nothing",
                schema.resource_type
            );
        }
        assert_eq!(KINDS.len(), SCHEMAS.len());
    }
}
