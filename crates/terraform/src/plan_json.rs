//! Terraform's JSON document of a plan, format 1.2: what `show -json PLANFILE` prints.
//!
//! The order of the fields is Terraform's. What is empty is left out, except the three booleans at the end.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Address, TERRAFORM_VERSION, json, state_json};

/// The format of the document.
const FORMAT: &str = "1.2";

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    /// The format.
    pub format_version: &'static str,
    /// The Terraform release whose format it is.
    pub terraform_version: &'static str,
    /// The settings, defaults included.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, Variable>,
    /// What there will be.
    pub planned_values: state_json::Values,
    /// What changed outside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_drift: Vec<ResourceChange>,
    /// What is done, resource by resource.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_changes: Vec<ResourceChange>,
    /// What becomes of the outputs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub output_changes: BTreeMap<String, Change>,
    /// What there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prior_state: Option<state_json::Document>,
    /// The module that the plan follows from.
    pub configuration: Value,
    /// What the plan depends on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relevant_attributes: Vec<RelevantAttribute>,
    /// Who can do more or less than before: underpin's own.
    pub permission_changes: Value,
    /// What was found that is no change: of ours, and not in Terraform's document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Value>,
    /// The statements of policies that are the user's own: underpin's own as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own_statements: Vec<Value>,
    /// When it was made, RFC 3339 to the second.
    pub timestamp: String,
    /// Whether an apply has anything to do.
    pub applyable: bool,
    /// Whether it is the whole plan.
    pub complete: bool,
    /// Whether planning failed half-way.
    pub errored: bool,
}

/// The value of a variable.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Variable {
    /// The value; `null` stays.
    pub value: Value,
}

/// What happens to one resource.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ResourceChange {
    /// `TYPE.NAME`.
    pub address: String,
    /// `managed`.
    pub mode: &'static str,
    /// The type.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// The name within its type.
    pub name: String,
    /// `registry.terraform.io/hashicorp/aws`.
    pub provider_name: String,
    /// What happens.
    pub change: Change,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_reason: Option<&'static str>,
}

/// What happens to an object or an output.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Change {
    /// `["delete", "create"]`.
    pub actions: &'static [&'static str],
    /// What is.
    pub before: Value,
    /// What shall be, as far as it is known; left out when an output is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// What of it is not known.
    pub after_unknown: Value,
    /// What is sensitive.
    pub before_sensitive: Value,
    /// What will be.
    pub after_sensitive: Value,
    /// The attributes that make a replacement necessary.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replace_paths: Vec<[String; 1]>,
    /// The object that is recorded for the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub importing: Option<Importing>,
}

/// An object that exists and is not recorded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Importing {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// An attribute that something in the configuration refers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RelevantAttribute {
    /// Whose.
    pub resource: String,
    /// Which.
    pub attribute: Vec<String>,
}

impl ResourceChange {
    /// A change of the managed resource at an address.
    pub fn new(address: &Address, provider_name: &str, change: Change) -> Self {
        Self {
            address: address.to_string(),
            mode: "managed",
            resource_type: address.resource_type().to_owned(),
            name: address.name().to_owned(),
            provider_name: provider_name.to_owned(),
            change,
            action_reason: None,
        }
    }
}

impl Document {
    /// A document in which nothing happens.
    pub fn new(timestamp: String) -> Self {
        Self {
            format_version: FORMAT,
            terraform_version: TERRAFORM_VERSION,
            variables: BTreeMap::new(),
            planned_values: state_json::Values::default(),
            resource_drift: Vec::new(),
            resource_changes: Vec::new(),
            output_changes: BTreeMap::new(),
            prior_state: None,
            configuration: Value::Object(Map::new()),
            relevant_attributes: Vec::new(),
            permission_changes: Value::Array(Vec::new()),
            findings: Vec::new(),
            own_statements: Vec::new(),
            timestamp,
            applyable: false,
            complete: true,
            errored: false,
        }
    }

    /// The text: one line, without its end.
    ///
    /// # Errors
    /// A value has no JSON form.
    pub fn to_line(&self) -> Result<String, serde_json::Error> {
        Ok(json::compact(&serde_json::to_value(self)?))
    }
}
