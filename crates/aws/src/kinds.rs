//! The resource kinds, grouped by service: one file each, and the table that names them.

use crate::kind::Kind;

pub(crate) mod cloudtrail;
pub(crate) mod cloudwatch;
pub(crate) mod events;
pub(crate) mod iam;
pub(crate) mod kms;
pub(crate) mod logs;
pub(crate) mod s3;
pub(crate) mod sns;
mod terraform_data;

/// The kind of a Terraform resource type.
pub(crate) fn of(resource_type: &str) -> Option<&'static dyn Kind> {
    Some(match resource_type {
        "aws_cloudtrail" => &cloudtrail::trail::CloudTrail,
        "aws_cloudwatch_event_rule" => &events::rule::EventRule,
        "aws_cloudwatch_event_target" => &events::target::EventTarget,
        "aws_cloudwatch_metric_alarm" => &cloudwatch::metric_alarm::CloudWatchAlarm,
        "aws_cloudwatch_log_group" => &logs::log_group::LogGroup,
        "aws_cloudwatch_log_metric_filter" => &logs::metric_filter::MetricFilter,
        "aws_iam_instance_profile" => &iam::instance_profile::InstanceProfile,
        "aws_iam_policy" => &iam::policy::IamPolicy,
        "aws_iam_role" => &iam::role::IamRole,
        "aws_iam_role_policy" => &iam::role_policy::RolePolicy,
        "aws_iam_role_policy_attachment" => &iam::role_policy_attachment::RolePolicyAttachment,
        "aws_iam_service_linked_role" => &iam::service_linked_role::ServiceLinkedRole,
        "aws_kms_alias" => &kms::alias::KmsAlias,
        "aws_kms_key" => &kms::key::KmsKey,
        "aws_s3_bucket" => &s3::bucket::LogBucket,
        "aws_s3_bucket_lifecycle_configuration" => &s3::bucket_lifecycle_configuration::Lifecycle,
        "aws_s3_bucket_logging" => &s3::bucket_logging::Logging,
        "aws_s3_bucket_object_lock_configuration" => &s3::bucket_object_lock_configuration::ObjectLock,
        "aws_s3_bucket_ownership_controls" => &s3::bucket_ownership_controls::OwnershipControls,
        "aws_s3_bucket_policy" => &s3::bucket_policy::BucketPolicy,
        "aws_s3_bucket_public_access_block" => &s3::bucket_public_access_block::PublicAccessBlock,
        "aws_s3_bucket_server_side_encryption_configuration" => {
            &s3::bucket_server_side_encryption_configuration::Encryption
        }
        "aws_s3_bucket_versioning" => &s3::bucket_versioning::Versioning,
        "aws_sns_topic" => &sns::topic::SnsTopic,
        "aws_sns_topic_policy" => &sns::topic_policy::TopicPolicy,
        "aws_sns_topic_subscription" => &sns::topic_subscription::TopicSubscription,
        "terraform_data" => &terraform_data::DeploymentRecord,
        _ => return None,
    })
}
