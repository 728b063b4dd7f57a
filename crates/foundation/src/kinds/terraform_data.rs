//! `terraform_data`: what is generated once for a deployment, its identity and the suffix of its log bucket.

use serde_json::json;
use terraform::Attributes;

use super::{argument, computed, fields};
use crate::schema::{Provider, Schema};

/// Of Terraform's builtin provider.
pub static SCHEMA: Schema = Schema {
    resource_type: "terraform_data",
    provider: Provider::Builtin,
    schema_version: 0,
    attributes: &[argument("input"), computed("id"), computed("output"), computed("triggers_replace")],
    record_before_use: true,
};

/// The desired record of what is generated.
#[derive(Clone, Copy, Debug)]
pub struct DeploymentRecord<'a> {
    /// The suffix when the user chose it; otherwise it is drawn at create and then kept.
    pub suffix: Option<&'a str>,
}

impl DeploymentRecord<'_> {
    /// Its arguments.
    pub fn arguments(&self) -> Attributes {
        match self.suffix {
            Some(suffix) => fields(json!({ "input": suffix })),
            None => Attributes::new(),
        }
    }
}
