//! What the hardened profile is good for: why it wants otherwise what a deployment of the document's module has.

/// Why objects of a type are made, or an attribute of theirs is set.
const IMPROVEMENTS: &[(&str, &str, &str)] = &[
    ("", "tags", "underpin knows by its tags what is its own, after a run that was cut off too"),
    ("", "description", "the console shows what it is for"),
    (
        "aws_kms_key",
        "policy",
        "services act for this account and this trail only; CloudTrail gets the statements that AWS asks for",
    ),
    ("aws_kms_key", "enable_key_rotation", "the key's material is renewed"),
    ("aws_kms_key", "rotation_period_in_days", "the key's material is renewed after as many days"),
    (
        "aws_iam_role",
        "assume_role_policy",
        "the service assumes the role for this account only, not on behalf of others (confused deputy)",
    ),
    ("aws_iam_role_policy", "policy", "the registry's repositories are those of the settings"),
    ("aws_s3_bucket", "force_destroy", "no destroy takes the logs along"),
    ("aws_s3_bucket_versioning", "", "a log that is overwritten or deleted can be brought back"),
    (
        "aws_s3_bucket_server_side_encryption_configuration",
        "",
        "logs are encrypted with the key, and a bucket key saves calls to KMS",
    ),
    ("aws_s3_bucket_public_access_block", "", "nothing makes the logs public"),
    ("aws_s3_bucket_ownership_controls", "", "ACLs are off: policies alone decide about the logs"),
    (
        "aws_s3_bucket_policy",
        "",
        "only this trail writes, under this account's prefix; nobody reads or writes without TLS",
    ),
    ("aws_cloudtrail", "enable_log_file_validation", "it shows whether a log was changed or removed"),
    ("aws_cloudtrail", "recursive_logging", "the log does not feed itself with its own deliveries"),
    ("aws_cloudtrail", "kms_key_id", "logs are encrypted with the key"),
    ("aws_cloudtrail", "is_multi_region_trail", "what happens in other regions is recorded too"),
    ("aws_cloudtrail", "include_global_service_events", "what happens to IAM and STS is recorded too"),
    ("aws_cloudtrail", "enable_logging", "a trail that does not log records nothing"),
];

/// Why an attribute is to be as it is planned, or, without one, why an object is made; `None` where the settings alone
/// say so.
pub fn improvement(resource_type: &str, attribute: Option<&str>) -> Option<&'static str> {
    let reason = |of: &str, about: &str| {
        IMPROVEMENTS
            .iter()
            .find(|(kind, name, _)| *kind == of && *name == about)
            .map(|(_, _, reason)| *reason)
    };
    let attribute = attribute.unwrap_or_default();
    reason(resource_type, attribute).or_else(|| reason(resource_type, "")).or_else(|| reason("", attribute))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::schema_of;

    #[test]
    fn every_reason_is_about_something_that_there_is() {
        for (kind, attribute, _) in IMPROVEMENTS.iter().filter(|(kind, _, _)| !kind.is_empty()) {
            let schema = schema_of(kind).unwrap_or_else(|| panic!("{kind}"));
            assert!(attribute.is_empty() || schema.attribute(attribute).is_some(), "{kind}.{attribute}");
        }
    }

    #[test]
    fn the_reason_is_that_of_the_attribute_or_of_the_object() {
        assert_eq!(
            improvement("aws_s3_bucket_public_access_block", None),
            Some("nothing makes the logs public")
        );
        assert_eq!(improvement("aws_kms_key", Some("tags")), improvement("aws_iam_role", Some("tags")));
        assert!(improvement("aws_s3_bucket_policy", Some("policy")).is_some());
        assert_eq!(improvement("aws_kms_alias", Some("target_key_id")), None);
    }
}
