//! `aws_kms_alias`: a name for a key.

use serde_json::json;
use terraform::Attributes;

use crate::resource::fields;
use crate::schema::{Schema, argument, aws, computed, identity};

/// As of provider 3.39.0.
pub static SCHEMA: Schema = aws(
    "aws_kms_alias",
    &["main"],
    &[
        identity("name"),
        argument("target_key_id"),
        computed("arn"),
        computed("id"),
        computed("name_prefix").unset(),
        computed("target_key_arn"),
    ],
)
.reads(&["kms:DescribeKey", "kms:ListAliases"]);

/// A desired alias.
#[derive(Clone, Copy, Debug)]
pub struct KmsAlias<'a> {
    /// Begins with `alias/`.
    pub name: &'a str,
    /// The id of the key.
    pub target_key_id: &'a str,
}

impl KmsAlias<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        fields(json!({ "name": self.name, "target_key_id": self.target_key_id }))
    }
}
