//! Every address that some settings give a resource: what in a state is the foundation's, and what is somebody else's.

use terraform::Address;

/// All addresses of the foundation as (type, name). A managed resource of a state that is not listed is never touched.
const ADDRESSES: &[(&str, &str)] = &[
    ("terraform_data", "deployment"),
    ("aws_iam_service_linked_role", "autoscaling"),
    ("aws_kms_key", "main"),
    ("aws_kms_alias", "main"),
    ("aws_iam_role", "eks_service"),
    ("aws_iam_role", "eks_node_group"),
    ("aws_iam_role", "eks_fargate"),
    ("aws_iam_role", "rds_enhanced_monitoring"),
    ("aws_iam_role_policy_attachment", "eks_cluster_policy"),
    ("aws_iam_role_policy_attachment", "eks_worker_node_policy"),
    ("aws_iam_role_policy_attachment", "eks_cni_policy"),
    ("aws_iam_role_policy_attachment", "eks_container_registry_read_only"),
    ("aws_iam_role_policy_attachment", "eks_ssm_managed_instance_core"),
    ("aws_iam_role_policy_attachment", "eks_fargate_pod_execution_role_policy"),
    ("aws_iam_role_policy_attachment", "rds_enhanced_monitoring"),
    ("aws_iam_role_policy", "node_group_cross_account_ecr"),
    ("aws_iam_role_policy", "fargate_cross_account_ecr"),
    ("aws_iam_instance_profile", "eks_node_group"),
    ("aws_s3_bucket", "cloudtrail"),
    ("aws_s3_bucket_versioning", "cloudtrail"),
    ("aws_s3_bucket_server_side_encryption_configuration", "cloudtrail"),
    ("aws_s3_bucket_public_access_block", "cloudtrail"),
    ("aws_s3_bucket_ownership_controls", "cloudtrail"),
    ("aws_s3_bucket_policy", "cloudtrail"),
    ("aws_s3_bucket_lifecycle_configuration", "cloudtrail"),
    ("aws_s3_bucket_object_lock_configuration", "cloudtrail"),
    ("aws_s3_bucket_logging", "cloudtrail"),
    ("aws_cloudtrail", "main"),
];

/// The record of what is generated.
pub fn deployment() -> Address {
    Address::new("terraform_data", "deployment")
}

/// The key.
pub fn key() -> Address {
    Address::new("aws_kms_key", "main")
}

/// The log bucket.
pub fn bucket() -> Address {
    Address::new("aws_s3_bucket", "cloudtrail")
}

/// Whether the foundation may own what a state records at `address`.
pub fn is_managed(address: &Address) -> bool {
    ADDRESSES
        .iter()
        .any(|(resource_type, name)| address.resource_type() == *resource_type && address.name() == *name)
}

/// Whether `destroy` leaves what a state records at `address`: the audit logs, the key that reads them, and the record by
/// which a later apply knows them.
pub fn is_retained(address: &Address) -> bool {
    let of_bucket = |of: &str| of == "aws_s3_bucket" || parent_type(of) == Some("aws_s3_bucket");
    let resource_type = address.resource_type();
    let is_kept = matches!(resource_type, "terraform_data" | "aws_iam_service_linked_role" | "aws_kms_key");
    is_managed(address) && (is_kept || of_bucket(resource_type))
}

/// Whether the account has what a state records at `address` only once, for whoever needs it: nothing here removes it.
pub fn is_shared(address: &Address) -> bool {
    is_managed(address) && address.resource_type() == "aws_iam_service_linked_role"
}

/// The type of the object that one of `resource_type` is a part of, without which it cannot exist.
pub fn parent_type(resource_type: &str) -> Option<&'static str> {
    match resource_type {
        "aws_iam_role_policy_attachment" | "aws_iam_role_policy" => Some("aws_iam_role"),
        _ if resource_type.starts_with("aws_s3_bucket_") => Some("aws_s3_bucket"),
        _ => None,
    }
}
