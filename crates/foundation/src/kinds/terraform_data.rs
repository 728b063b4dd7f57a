//! `terraform_data`: what is generated or found once for a deployment, its identity and what its log bucket is called.

use serde_json::json;
use terraform::{Attributes, Value};

use crate::identifiers::BucketName;
use crate::resource::fields;
use crate::schema::{Form, FoundBy, Provider, Removal, Schema, argument, computed};

/// Of Terraform's builtin provider.
pub static SCHEMA: Schema = Schema {
    resource_type: "terraform_data",
    names: &["deployment"],
    provider: Provider::Builtin,
    schema_version: 0,
    attributes: &[
        argument("input").form(Form::Any),
        computed("id"),
        computed("output").form(Form::Any).follows("input"),
        computed("triggers_replace").unset(),
    ],
    record_before_use: true,
    part_of: None,
    removal: Removal::Retained { because: "the identity by which a later apply knows them; costs nothing" },
    found_by: FoundBy::Nothing,
    titles: &["{id}"],
    making: Some(
        "draws the identity that everything made here carries as a tag, and the suffix of the bucket's name",
    ),
    reads: &[],
};

/// The field of the record that holds the whole name of a log bucket that was taken over.
pub const BUCKET_NAME: &str = "bucket_name";

/// The desired record of what is generated.
#[derive(Clone, Copy, Debug)]
pub struct DeploymentRecord<'a> {
    /// The suffix when the user chose it; otherwise it is drawn at create and then kept.
    pub suffix: Option<&'a str>,
    /// The whole name of a log bucket that was taken over; then there is no suffix.
    pub bucket: Option<&'a BucketName>,
}

impl DeploymentRecord<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        match (self.bucket, self.suffix) {
            (Some(bucket), _) => fields(json!({ "input": { BUCKET_NAME: bucket.as_str() } })),
            (None, Some(suffix)) => fields(json!({ "input": suffix })),
            (None, None) => Attributes::new(),
        }
    }
}

/// The whole name of the log bucket that a record holds, as stored or as used.
pub fn bucket_name(record: &Attributes) -> Option<BucketName> {
    let output = record.get("output")?;
    let output = output.get("value").unwrap_or(output);
    output.get(BUCKET_NAME).and_then(Value::as_str)?.parse().ok()
}
