//! `aws_iam_service_linked_role`: the role that a service keeps for itself in an account.

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{FoundBy, Removal, Schema, aws, computed, identity};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_iam_service_linked_role",
    &["autoscaling"],
    &[
        identity("aws_service_name"),
        computed("arn"),
        computed("create_date"),
        computed("custom_suffix").unset(),
        computed("description").unset(),
        computed("id"),
        computed("name"),
        computed("path"),
        computed("unique_id"),
    ],
)
.reads(&["iam:ListRoles"])
.titled(&["{aws_service_name}"])
.found_by(FoundBy::Record)
.removal(Removal::Shared { because: "Auto Scaling groups of this account may be using it; costs nothing" });

/// A desired service-linked role.
#[derive(Clone, Copy, Debug)]
pub struct IamServiceLinkedRole<'a> {
    /// `autoscaling.amazonaws.com`.
    pub aws_service_name: &'a str,
}

impl IamServiceLinkedRole<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({ "aws_service_name": self.aws_service_name }))
    }
}
