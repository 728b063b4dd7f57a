//! `aws_iam_instance_profile`: what gives a role to an EC2 instance.

use std::collections::BTreeMap;

use serde_json::json;
use terraform::Attributes;

use crate::identifiers::IamPath;
use crate::resource::fields;
use crate::schema::{Power, Schema, Usual, argument, aws, computed, fixed, identity, tags_all};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_iam_instance_profile",
    &["eks_node_group"],
    &[
        identity("name"),
        fixed("path").usually(Usual::Text("/")),
        argument("role").refers_to("aws_iam_role", "name").power(Power::InstanceRole),
        argument("tags"),
        computed("arn"),
        computed("create_date"),
        computed("id"),
        computed("name_prefix").unset(),
        tags_all(),
        computed("unique_id"),
    ],
)
.reads(&["iam:GetInstanceProfile"])
.titled(&["{name} with {role}", "{name}"]);

/// A desired instance profile.
#[derive(Clone, Copy, Debug)]
pub struct IamInstanceProfile<'a> {
    /// At most 128 characters.
    pub name: &'a str,
    /// Its path.
    pub path: &'a IamPath,
    /// The role's name.
    pub role: &'a str,
    /// All its tags.
    pub tags: &'a BTreeMap<String, String>,
}

impl IamInstanceProfile<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({ "name": self.name, "path": self.path.as_str(), "role": self.role, "tags": self.tags }))
    }
}
