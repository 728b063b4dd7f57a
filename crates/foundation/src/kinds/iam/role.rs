//! `aws_iam_role`: a role that a service assumes.

use std::collections::BTreeMap;

use policy::{Kind, Policy};
use serde_json::json;
use terraform::Attributes;

use crate::identifiers::{Arn, IamPath};
use crate::resource::{described, fields};
use crate::schema::{
    Compare, Power, Role, Schema, Usual, argument, attribute, aws, computed, fixed, identity, kept,
    policy as policy_argument, tags_all,
};

/// As of provider 3.39.0, where the names of inline policies are no attribute.
pub static SCHEMA: Schema = aws(
    "aws_iam_role",
    &[
        "eks_service",
        "eks_node_group",
        "eks_fargate",
        "rds_enhanced_monitoring",
        "events_forwarding",
        "cloudtrail_logs",
    ],
    &[
        identity("name"),
        fixed("path").usually(Usual::Text("/")),
        policy_argument("assume_role_policy", Kind::Trust),
        argument("description"),
        argument("max_session_duration").usually(Usual::Number(3600)),
        argument("permissions_boundary").power(Power::Boundary),
        argument("tags"),
        kept("force_detach_policies").usually(Usual::Bool(false)),
        attribute("managed_policy_arns", Role::Argument, Compare::NothingBeyond).power(Power::OnlyManaged),
        attribute("inline_policy_names", Role::Unrecorded, Compare::NothingBeyond).power(Power::OnlyInline),
        computed("arn"),
        computed("create_date"),
        computed("id"),
        computed("inline_policy").blocks(),
        computed("name_prefix").unset(),
        tags_all(),
        computed("unique_id"),
    ],
)
.reads(&["iam:GetRole"]);

/// A desired role.
#[derive(Clone, Copy, Debug)]
pub struct IamRole<'a> {
    /// At most 64 characters.
    pub name: &'a str,
    /// Its path.
    pub path: &'a IamPath,
    /// What it is for; `None` leaves it open.
    pub description: Option<&'a str>,
    /// Who may assume it.
    pub trust: &'a Policy,
    /// The policy that bounds it.
    pub permissions_boundary: Option<&'a Arn>,
    /// The only policies it may have; `None` when others may add theirs.
    pub exclusive: Option<ExclusivePolicies<'a>>,
    /// All its tags.
    pub tags: &'a BTreeMap<String, String>,
}

/// The only policies a role may have.
#[derive(Clone, Copy, Debug)]
pub struct ExclusivePolicies<'a> {
    /// ARNs of managed ones.
    pub managed: &'a [String],
    /// Names of inline ones.
    pub inline: &'a [String],
}

impl IamRole<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        let mut arguments = fields(json!({ "name": self.name, "path": self.path.as_str() }));
        arguments.extend(described(self.description));
        arguments.extend(fields(json!({
            "assume_role_policy": self.trust.to_json(),
            "max_session_duration": 3600,
            "permissions_boundary": self.permissions_boundary.map(Arn::to_string),
            "force_detach_policies": false,
            "tags": self.tags,
        })));
        if let Some(ExclusivePolicies { managed, inline }) = self.exclusive {
            arguments.insert("managed_policy_arns".to_owned(), json!(managed));
            arguments.insert("inline_policy_names".to_owned(), json!(inline));
        }
        arguments
    }
}
