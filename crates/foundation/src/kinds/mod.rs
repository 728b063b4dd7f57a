//! The resource kinds, by service: one file each, with what the engine must know (a [`Schema`]) and a typed way to desire one.
//!
//! Names and shapes are those of terraform-provider-aws 3.39.0 for the types it has, and of its release 5 for the bucket
//! settings, which came later as types of their own. What 3.39.0 does not know of a type it has is not recorded, because
//! Terraform cannot show a state with an attribute that its schema lacks.

use serde_json::Value;
use terraform::Attributes;

use crate::schema::{Attribute, Compare, Role, Schema};

pub mod cloudtrail;
pub mod iam;
pub mod kms;
pub mod s3;
pub mod terraform_data;
#[cfg(test)]
mod tests;

/// All kinds.
pub static SCHEMAS: &[&Schema] = &[
    &terraform_data::SCHEMA,
    &kms::key::SCHEMA,
    &kms::alias::SCHEMA,
    &iam::role::SCHEMA,
    &iam::role_policy_attachment::SCHEMA,
    &iam::role_policy::SCHEMA,
    &iam::instance_profile::SCHEMA,
    &iam::service_linked_role::SCHEMA,
    &s3::bucket::SCHEMA,
    &s3::bucket_versioning::SCHEMA,
    &s3::bucket_server_side_encryption_configuration::SCHEMA,
    &s3::bucket_public_access_block::SCHEMA,
    &s3::bucket_ownership_controls::SCHEMA,
    &s3::bucket_policy::SCHEMA,
    &s3::bucket_lifecycle_configuration::SCHEMA,
    &s3::bucket_object_lock_configuration::SCHEMA,
    &s3::bucket_logging::SCHEMA,
    &cloudtrail::trail::SCHEMA,
];

/// The attributes that are nested blocks in the provider: unset, they are recorded as `[]`, not `null`.
const BLOCKS: &[(&str, &[&str])] = &[
    ("aws_iam_role", &["inline_policy"]),
    (
        "aws_s3_bucket",
        &[
            "cors_rule",
            "grant",
            "lifecycle_rule",
            "logging",
            "object_lock_configuration",
            "replication_configuration",
            "server_side_encryption_configuration",
            "versioning",
            "website",
        ],
    ),
    ("aws_s3_bucket_versioning", &["versioning_configuration"]),
    ("aws_s3_bucket_server_side_encryption_configuration", &["rule"]),
    ("aws_s3_bucket_ownership_controls", &["rule"]),
    ("aws_s3_bucket_lifecycle_configuration", &["rule"]),
    ("aws_s3_bucket_object_lock_configuration", &["rule"]),
    ("aws_s3_bucket_logging", &["target_grant", "target_object_key_format"]),
    ("aws_cloudtrail", &["event_selector", "insight_selector"]),
];

/// Attributes that AWS could decide and that stay unset unless a configuration sets them.
const UNASKED: &[&str] = &[
    "bucket_prefix",
    "cors_rule",
    "custom_suffix",
    "description",
    "grant",
    "insight_selector",
    "lifecycle_rule",
    "logging",
    "mfa",
    "name_prefix",
    "object_lock_configuration",
    "policy",
    "replication_configuration",
    "server_side_encryption_configuration",
    "target_grant",
    "target_object_key_format",
    "token",
    "triggers_replace",
    "website",
];

/// Fields of blocks that provider 3.39.0 does not know: type, block, field.
const UNKNOWN_FIELDS: &[(&str, &str, &str)] =
    &[("aws_cloudtrail", "event_selector", "exclude_management_event_sources")];

/// The schema of a Terraform resource type; `None` for types that are not the foundation's.
pub fn schema_of(resource_type: &str) -> Option<&'static Schema> {
    SCHEMAS.iter().copied().find(|schema| schema.resource_type == resource_type)
}

/// What a state records of an object: every attribute of the provider's schema, unset ones as `null` or `[]`, and no
/// others. Sorted by name.
pub fn recorded(schema: &Schema, attributes: &Attributes) -> Attributes {
    let mut names = schema
        .attributes
        .iter()
        .filter(|attribute| attribute.role != Role::Unrecorded)
        .map(|attribute| attribute.name)
        .collect::<Vec<_>>();
    names.sort_unstable();
    let value = |name: &str| match attributes.get(name) {
        Some(value) if !(value.is_null() && is_block(schema.resource_type, name)) => value.clone(),
        _ if is_block(schema.resource_type, name) => Value::Array(Vec::new()),
        _ => Value::Null,
    };
    let mut recorded = names.into_iter().map(|name| (name.to_owned(), value(name))).collect::<Attributes>();
    for (resource_type, block, field) in UNKNOWN_FIELDS {
        let blocks = recorded.get_mut(*block).filter(|_| *resource_type == schema.resource_type);
        for block in blocks.and_then(Value::as_array_mut).into_iter().flatten() {
            block.as_object_mut().map(|block| block.shift_remove(*field));
        }
    }
    recorded
}

/// What a plan says of an attribute of a new object for which it has no value.
#[derive(Clone, Debug, PartialEq)]
pub enum Unplanned {
    /// It stays unset: `null`, or `[]` for a block.
    Unset(Value),
    /// AWS decides. For a collection its empty form.
    Unknown(Option<Value>),
}

/// How a new object gets an attribute for which there is no planned value.
pub fn unplanned(schema: &Schema, attribute: &Attribute) -> Unplanned {
    let block = is_block(schema.resource_type, attribute.name);
    let collection = match attribute.name {
        "tags_all" => Some(Value::Object(Attributes::new())),
        _ => (block || attribute.compare == Compare::NothingBeyond).then(|| Value::Array(Vec::new())),
    };
    match attribute.role {
        Role::Computed if !UNASKED.contains(&attribute.name) => Unplanned::Unknown(collection),
        _ if attribute.compare == Compare::NothingBeyond => Unplanned::Unknown(collection),
        _ if block => Unplanned::Unset(Value::Array(Vec::new())),
        _ => Unplanned::Unset(Value::Null),
    }
}

/// Whether an attribute is a nested block in the provider.
fn is_block(resource_type: &str, name: &str) -> bool {
    BLOCKS.iter().any(|(block_type, names)| *block_type == resource_type && names.contains(&name))
}
