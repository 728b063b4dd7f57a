//! `aws_iam_policy`: a managed policy of the account's own.

use std::collections::BTreeMap;

use policy::{Kind, Policy};
use serde_json::json;
use terraform::Attributes;

use crate::identifiers::IamPath;
use crate::resource::{described, fields};
use crate::schema::{
    Schema, Usual, argument, aws, computed, fixed, identity, policy as policy_argument, tags_all,
};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_iam_policy",
    &["audit_log_reader"],
    &[
        identity("name"),
        fixed("path").usually(Usual::Text("/")),
        fixed("description"),
        policy_argument("policy", Kind::Identity),
        argument("tags"),
        computed("arn"),
        computed("id"),
        computed("name_prefix").unset(),
        computed("policy_id"),
        tags_all(),
    ],
)
.reads(&["iam:GetPolicy", "iam:GetPolicyVersion"]);

/// A desired managed policy.
#[derive(Clone, Copy, Debug)]
pub struct IamPolicy<'a> {
    /// At most 128 characters.
    pub name: &'a str,
    /// Its path.
    pub path: &'a IamPath,
    /// What it is for; `None` leaves it open.
    pub description: Option<&'a str>,
    /// What it allows.
    pub policy: &'a Policy,
    /// All its tags.
    pub tags: &'a BTreeMap<String, String>,
}

impl IamPolicy<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        let mut arguments = fields(json!({ "name": self.name, "path": self.path.as_str() }));
        arguments.extend(described(self.description));
        arguments.extend(fields(json!({ "policy": self.policy.to_json(), "tags": self.tags })));
        arguments
    }
}
