//! What a stack can choose for itself, and the conditions that follow from it.

use foundation::Settings;

use super::value::Value;

/// Whether there is an image registry.
pub(super) const HAS_REGISTRY: &str = "HasRegistry";
/// Whether there is a Fargate role.
pub(super) const HAS_FARGATE: &str = "HasFargate";
/// Whether there is an instance profile.
pub(super) const HAS_INSTANCE_PROFILE: &str = "HasInstanceProfile";
/// Whether there is a policy for those who read the logs.
pub(super) const HAS_LOG_READER: &str = "HasLogReaderPolicy";
/// Whether roles are bounded.
pub(super) const HAS_BOUNDARY: &str = "HasPermissionsBoundary";
/// Whether the end of the bucket's name is chosen.
pub(super) const HAS_SUFFIX: &str = "HasBucketSuffix";
/// Whether logs expire.
pub(super) const HAS_RETENTION: &str = "HasLogRetention";
/// Whether the service-linked role of Auto Scaling is made.
pub(super) const MAKES_AUTO_SCALING_ROLE: &str = "MakesAutoScalingRole";

/// The parameter with the ARN of the user's own topic.
pub(super) const ALERT_TOPIC: &str = "AlertTopicArn";

/// What a parameter takes, and its default.
enum Form {
    /// Text that matches a pattern.
    Text(String, &'static str),
    /// A number between two.
    Number(u32, u32, u32),
    /// `true` or `false`.
    Switch(bool),
}

/// A part of a name.
const PART: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";

/// The parameters, the settings' values as defaults.
pub(super) fn parameters(settings: &Settings) -> Value {
    let mut all = names_and_accounts(settings);
    all.extend(numbers_and_switches(settings));
    if let Some(topic) = settings.monitoring.as_ref().and_then(|monitoring| monitoring.alerts.topic()) {
        all.push((
            ALERT_TOPIC,
            "The ARN of the SNS topic that alerts go to, of the stack's account and region.",
            Form::Text(topic.to_string(), "^arn:[^:]+:sns:[^:]+:[0-9]{12}:[^:]+$"),
        ));
    }
    if settings.kms_allow_autoscaling {
        all.push((
            "CreateAutoScalingRole",
            "Whether to make the service-linked role of Auto Scaling. Only for accounts that do not have it: most do.",
            Form::Switch(false),
        ));
    }
    Value::Map(
        all.into_iter()
            .map(|(name, description, form)| (name.to_owned(), form.parameter(description)))
            .collect(),
    )
}

type Parameter = (&'static str, &'static str, Form);

fn names_and_accounts(settings: &Settings) -> Vec<Parameter> {
    let registry = settings.artos_ecr_aws_account.as_ref().map(ToString::to_string).unwrap_or_default();
    let suffix = settings.cloudtrail_bucket_suffix.as_ref().map_or("", |suffix| suffix.as_str());
    let boundary = settings.permissions_boundary_arn.as_ref().map(ToString::to_string).unwrap_or_default();
    vec![
        (
            "ProjectName",
            "The first part of every name. Together with Environment at most 34 characters.",
            Form::Text(settings.name.project().to_owned(), PART),
        ),
        (
            "Environment",
            "The second part of every name.",
            Form::Text(settings.name.environment().to_owned(), PART),
        ),
        (
            "ArtosEcrAwsAccount",
            "The account that owns the image registry. Empty for none.",
            Form::Text(registry, "^([0-9]{12})?$"),
        ),
        (
            "PermissionsBoundaryArn",
            "The ARN of an IAM policy that bounds all roles. Empty for none.",
            Form::Text(boundary, "^(arn:.+)?$"),
        ),
        (
            "CloudTrailBucketSuffix",
            "The end of the log bucket's name. Empty for a part of the stack's id.",
            Form::Text(suffix.to_owned(), "^([a-z0-9]+(-[a-z0-9]+)*)?$"),
        ),
    ]
}

fn numbers_and_switches(settings: &Settings) -> Vec<Parameter> {
    vec![
        (
            "KmsDeletionWindowInDays",
            "Days between the deletion of the key and its end.",
            Form::Number(settings.kms_deletion_window_in_days, 7, 30),
        ),
        (
            "KmsRotationPeriodInDays",
            "Days between two rotations of the key.",
            Form::Number(settings.kms_rotation_period_in_days, 90, 2560),
        ),
        (
            "CloudTrailLogRetentionDays",
            "Days until logs expire. 0 keeps them for ever.",
            Form::Number(settings.cloudtrail_log_retention_days.unwrap_or(0), 0, i32::MAX.unsigned_abs()),
        ),
        (
            "EnableFargate",
            "Whether to make the Fargate pod execution role.",
            Form::Switch(settings.enable_fargate),
        ),
        (
            "CreateNodeInstanceProfile",
            "Whether to make an instance profile with the node group role.",
            Form::Switch(settings.create_node_instance_profile),
        ),
        (
            "CreateLogReaderPolicy",
            "Whether to make a policy for those who read the audit logs.",
            Form::Switch(settings.create_log_reader_policy),
        ),
    ]
}

impl Form {
    fn parameter(self, description: &str) -> Value {
        let fields: Vec<(&str, Value)> = match self {
            Self::Text(default, pattern) => vec![
                ("Type", "String".into()),
                ("Description", description.into()),
                ("Default", Value::Text(default)),
                ("AllowedPattern", pattern.into()),
            ],
            Self::Number(default, least, most) => vec![
                ("Type", "Number".into()),
                ("Description", description.into()),
                ("Default", default.into()),
                ("MinValue", least.into()),
                ("MaxValue", most.into()),
            ],
            Self::Switch(default) => vec![
                ("Type", "String".into()),
                ("Description", description.into()),
                ("Default", Value::text(default.to_string())),
                ("AllowedValues", Value::List(vec!["true".into(), "false".into()])),
            ],
        };
        Value::Map(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

/// The conditions.
pub(super) fn conditions(settings: &Settings) -> Value {
    let equals = |name: &str, value: &str| Value::Call("Equals", vec![Value::reference(name), value.into()]);
    let differs = |name: &str, value: &str| Value::Call("Not", vec![equals(name, value)]);
    let mut all = vec![
        (HAS_REGISTRY, differs("ArtosEcrAwsAccount", "")),
        (HAS_FARGATE, equals("EnableFargate", "true")),
        (HAS_INSTANCE_PROFILE, equals("CreateNodeInstanceProfile", "true")),
        (HAS_LOG_READER, equals("CreateLogReaderPolicy", "true")),
        (HAS_BOUNDARY, differs("PermissionsBoundaryArn", "")),
        (HAS_SUFFIX, differs("CloudTrailBucketSuffix", "")),
        (HAS_RETENTION, differs("CloudTrailLogRetentionDays", "0")),
    ];
    if settings.kms_allow_autoscaling {
        all.push((MAKES_AUTO_SCALING_ROLE, equals("CreateAutoScalingRole", "true")));
    }
    Value::Map(all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
