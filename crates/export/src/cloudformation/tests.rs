//! The example and everything switched on, in both syntaxes.

use foundation::{Partition, blueprint};
use serde_json::json;

use super::*;
use foundation::testing::{caller, everything, settings};

#[test]
fn the_example() {
    insta::assert_snapshot!("example", template(&settings(json!({})), Syntax::Yaml).unwrap());
}

#[test]
fn everything_switched_on() {
    insta::assert_snapshot!("everything", template(&settings(everything()), Syntax::Yaml).unwrap());
    insta::assert_snapshot!("everything_json", template(&settings(everything()), Syntax::Json).unwrap());
}

#[test]
fn one_template_serves_all_partitions() {
    let of = |region: &str| template(&settings(json!({"aws_region": region})), Syntax::Yaml).unwrap();
    let commercial = of("us-east-1");
    assert_eq!(of("cn-north-1"), commercial);
    assert_eq!(of("us-gov-west-1"), commercial);
    for fixed in ["arn:aws", "us-east-1", "123456789012", "amazonaws.com.cn"] {
        assert!(!commercial.contains(fixed), "{fixed}");
    }
}

/// What stands for an argument in the template; the others are properties of the same meaning or parameters.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("aws_kms_key", "deletion_window_in_days", "PendingWindowInDays"),
    ("aws_kms_key", "rotation_period_in_days", "RotationPeriodInDays"),
    ("aws_iam_role", "permissions_boundary", "PermissionsBoundary"),
    ("aws_iam_role_policy_attachment", "role", "ManagedPolicyArns"),
    ("aws_iam_role_policy_attachment", "policy_arn", "ManagedPolicyArns"),
    ("aws_iam_role_policy", "name", "PolicyName"),
    ("aws_iam_role_policy", "role", "Policies"),
    ("aws_iam_role_policy", "policy", "PolicyDocument"),
    ("aws_iam_instance_profile", "role", "Roles"),
    ("aws_s3_bucket", "bucket", "BucketName"),
    ("aws_s3_bucket_versioning", "versioning_configuration", "VersioningConfiguration"),
    ("aws_s3_bucket_server_side_encryption_configuration", "rule", "ServerSideEncryptionByDefault"),
    ("aws_s3_bucket_public_access_block", "block_public_acls", "BlockPublicAcls"),
    ("aws_s3_bucket_public_access_block", "block_public_policy", "BlockPublicPolicy"),
    ("aws_s3_bucket_public_access_block", "ignore_public_acls", "IgnorePublicAcls"),
    ("aws_s3_bucket_public_access_block", "restrict_public_buckets", "RestrictPublicBuckets"),
    ("aws_s3_bucket_ownership_controls", "rule", "ObjectOwnership"),
    ("aws_s3_bucket_policy", "policy", "PolicyDocument"),
    ("aws_s3_bucket_lifecycle_configuration", "rule", "NoncurrentVersionExpiration"),
    ("aws_s3_bucket_object_lock_configuration", "object_lock_enabled", "ObjectLockConfiguration"),
    ("aws_s3_bucket_object_lock_configuration", "rule", "DefaultRetention"),
    ("aws_s3_bucket_logging", "target_bucket", "DestinationBucketName"),
    ("aws_s3_bucket_logging", "target_prefix", "LogFilePrefix"),
    ("aws_cloudtrail", "event_selector", "DataResources"),
];

/// What CloudFormation has nothing for, or decides itself.
const NOTHING: &[(&str, &str)] = &[
    ("terraform_data", "input"),
    ("aws_iam_role", "force_detach_policies"),
    ("aws_iam_role", "managed_policy_arns"),
    ("aws_iam_role", "inline_policy_names"),
    ("aws_iam_instance_profile", "tags"),
    ("aws_s3_bucket", "acl"),
    ("aws_s3_bucket", "force_destroy"),
    ("aws_cloudtrail", "recursive_logging"),
];

#[test]
fn every_argument_has_its_property() {
    let text = template(&settings(everything()), Syntax::Yaml).unwrap();
    for resource in &blueprint(&settings(everything()), &caller(Partition::Aws)).resources {
        let kind = resource.address.resource_type();
        for (name, value) in &resource.arguments {
            if value.is_null()
                || NOTHING.contains(&(kind, name))
                || name == "tags"
                || (kind.starts_with("aws_s3_bucket_") && name == "bucket")
            {
                continue;
            }
            let elsewhere = ELSEWHERE.iter().find(|(of, argument, _)| *of == kind && argument == name);
            let same = resources::PROPERTIES.iter().find(|(of, argument, _)| *of == kind && argument == name);
            let (_, _, property) = elsewhere.or(same).unwrap_or_else(|| panic!("{kind}.{name} is nowhere"));
            assert!(text.contains(&format!("{property}:")), "{kind}.{name}");
        }
    }
}
