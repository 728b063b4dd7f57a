//! `aws_iam_service_linked_role`: the role that a service keeps for itself in an account.

use serde_json::json;
use terraform::Attributes;

use crate::arguments::fields;
use crate::schema::{Schema, aws, computed, identity};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_iam_service_linked_role",
    &[
        identity("aws_service_name"),
        computed("arn"),
        computed("create_date"),
        computed("custom_suffix"),
        computed("description"),
        computed("id"),
        computed("name"),
        computed("path"),
        computed("unique_id"),
    ],
);

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
