//! `aws_iam_role_policy_attachment`: a managed policy on a role.

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Power, Schema, aws, computed, identity};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_iam_role_policy_attachment",
    &[
        "eks_cluster_policy",
        "eks_worker_node_policy",
        "eks_cni_policy",
        "eks_container_registry_read_only",
        "eks_ssm_managed_instance_core",
        "eks_fargate_pod_execution_role_policy",
        "rds_enhanced_monitoring",
    ],
    &[
        identity("role").refers_to("aws_iam_role", "name"),
        identity("policy_arn").power(Power::Managed),
        computed("id"),
    ],
)
.reads(&["iam:ListAttachedRolePolicies"])
.part_of("aws_iam_role")
.titled(&["{policy_arn} on {role}"]);

/// A desired attachment.
#[derive(Clone, Copy, Debug)]
pub struct IamRolePolicyAttachment<'a> {
    /// The role's name.
    pub role: &'a str,
    /// The policy.
    pub policy_arn: &'a str,
}

impl IamRolePolicyAttachment<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({ "role": self.role, "policy_arn": self.policy_arn }))
    }
}
