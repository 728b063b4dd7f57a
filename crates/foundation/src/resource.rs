//! One desired object, and one output: what a blueprint is made of.

use serde::{Deserialize, Serialize};
use serde_json::json;
use terraform::{Address, Attributes, Value};

/// One desired resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// Where it is recorded.
    pub address: Address,
    /// Its arguments. A string may hold `${TYPE.NAME.ATTRIBUTE}`: the value that attribute has once it is known.
    pub arguments: Attributes,
    /// What must exist first (direct dependencies).
    pub depends_on: Vec<Address>,
    /// Whether `destroy`, or a change of its identity, leaves the object in AWS (the logs, and the key that reads them).
    pub retain: bool,
    /// Whether it is kept where it exists, and not made where it does not.
    pub optional: bool,
}

/// An output: a template as in [`Resource::arguments`] and a type in Terraform's notation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutputExpression {
    /// The value or template; `null` is stored as Terraform stores it, not at all.
    pub value: Value,
    /// `"string"` and the like.
    pub value_type: Value,
}

/// The argument `description`, or none where it is left open.
pub(crate) fn described(description: Option<&str>) -> Attributes {
    description.map(|text| fields(json!({ "description": text }))).unwrap_or_default()
}

/// The fields of a JSON object: how a kind writes down the arguments of a desired object.
pub(crate) fn fields(object: Value) -> Attributes {
    match object {
        Value::Object(fields) => fields,
        _ => Attributes::new(),
    }
}
