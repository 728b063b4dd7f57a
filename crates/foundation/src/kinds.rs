//! The resource kinds, by service: one file each, with what the engine must know (a [`Schema`]) and a typed way to desire one.
//!
//! Names and shapes are those of terraform-provider-aws 3.39.0 for the types it has, and of its release 5 for the bucket
//! settings, which came later as types of their own. What 3.39.0 does not know of a type it has is not recorded, because
//! Terraform cannot show a state with an attribute that its schema lacks.

use crate::schema::{Removal, Schema};

pub mod cloudtrail;
pub mod cloudwatch;
pub mod events;
pub mod iam;
pub mod kms;
pub mod logs;
pub mod s3;
pub mod sns;
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
    &iam::policy::SCHEMA,
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
    &sns::topic::SCHEMA,
    &sns::topic_policy::SCHEMA,
    &sns::topic_subscription::SCHEMA,
    &events::rule::SCHEMA,
    &events::target::SCHEMA,
    &cloudwatch::metric_alarm::SCHEMA,
    &logs::log_group::SCHEMA,
    &logs::metric_filter::SCHEMA,
];

/// The schema of a Terraform resource type; `None` for types that are not the foundation's.
pub fn schema_of(resource_type: &str) -> Option<&'static Schema> {
    SCHEMAS.iter().copied().find(|schema| schema.resource_type == resource_type)
}

/// What else reading an object takes, beside one of the actions that it takes, so that all of it is asked for at once.
pub fn read_along(action: &str) -> impl Iterator<Item = &'static str> + use<'_> {
    let kind = SCHEMAS.iter().find(|schema| schema.reads.contains(&action));
    kind.into_iter().flat_map(|kind| kind.reads).copied().filter(move |other| *other != action)
}

/// Whether `destroy` leaves objects of a kind. A part stays with the whole.
pub fn is_retained(schema: &Schema) -> bool {
    match schema.part_of.and_then(schema_of) {
        Some(whole) => is_retained(whole),
        None => schema.removal != Removal::Deleted,
    }
}
