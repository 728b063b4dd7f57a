//! How a kind writes down the arguments of a desired object: as the fields of a JSON object.

use serde_json::{Value, json};
use terraform::Attributes;

/// The argument `description`, or none where it is left open.
pub(crate) fn described(description: Option<&str>) -> Attributes {
    description.map(|text| fields(json!({ "description": text }))).unwrap_or_default()
}

/// The fields of a JSON object.
pub(crate) fn fields(object: Value) -> Attributes {
    match object {
        Value::Object(fields) => fields,
        _ => Attributes::new(),
    }
}
