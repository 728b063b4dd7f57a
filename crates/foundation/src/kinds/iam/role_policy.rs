//! `aws_iam_role_policy`: an inline policy of a role.

use policy::{Kind, Policy};
use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Schema, aws, computed, identity, policy as policy_argument};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_iam_role_policy",
    &["node_group_cross_account_ecr", "fargate_cross_account_ecr", "events_forwarding", "cloudtrail_logs"],
    &[
        identity("name"),
        identity("role").refers_to("aws_iam_role", "name"),
        policy_argument("policy", Kind::Identity),
        computed("id"),
        computed("name_prefix").unset(),
    ],
)
.reads(&["iam:GetRolePolicy"])
.part_of("aws_iam_role")
.titled(&["{name} of {role}"]);

/// A desired inline policy.
#[derive(Clone, Copy, Debug)]
pub struct IamRolePolicy<'a> {
    /// The policy's name.
    pub name: &'a str,
    /// The role's name.
    pub role: &'a str,
    /// What it allows.
    pub policy: &'a Policy,
}

impl IamRolePolicy<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({ "name": self.name, "role": self.role, "policy": self.policy.to_json() }))
    }
}
