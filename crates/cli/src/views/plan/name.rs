//! What a person calls an object: its name in AWS rather than its address.

use terraform::{Address, Attributes, Value};

use super::value::bare;

/// The attributes that [`object`] shows, which need no line of their own.
pub const SHOWN_IN_NAME: [&str; 5] = ["name", "bucket", "role", "policy_arn", "aws_service_name"];

/// The name in AWS of the object with these attributes, as far as it is known.
pub fn object(address: &Address, attributes: &Attributes) -> Option<String> {
    let text =
        |name: &str| attributes.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(bare);
    match address.resource_type() {
        "aws_kms_key" | "terraform_data" => text("id"),
        "aws_iam_role_policy" => Some(format!("{} of {}", text("name")?, text("role")?)),
        "aws_iam_role_policy_attachment" => {
            Some(format!("{} on {}", managed_policy(&text("policy_arn")?), text("role")?))
        }
        "aws_iam_service_linked_role" => text("aws_service_name"),
        "aws_iam_instance_profile" => match text("role") {
            Some(role) => Some(format!("{} with {role}", text("name")?)),
            None => text("name"),
        },
        "aws_s3_bucket" => text("bucket"),
        setting if setting.starts_with("aws_s3_bucket_") => None,
        _ => text("name"),
    }
}

/// `AmazonEKSClusterPolicy` for a policy of AWS's, the whole ARN for anybody else's.
pub fn managed_policy(arn: &str) -> &str {
    if arn.contains(":iam::aws:policy/") { arn.rsplit('/').next().unwrap_or(arn) } else { arn }
}
