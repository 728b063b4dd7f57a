//! Values of Terraform's type `any` in a state: stored as `{"value": …, "type": …}`, used as the value alone.

use foundation::{Provider, Schema};
use serde_json::json;
use terraform::{Attributes, Value};

/// The attributes of `terraform_data` that hold any type.
const DYNAMIC: [&str; 2] = ["input", "output"];

/// Replaces stored dynamic values by the values themselves.
pub fn unwrap(schema: &Schema, mut attributes: Attributes) -> Attributes {
    for name in names(schema) {
        if let Some(stored) = attributes.get_mut(*name)
            && let Some(value) = stored
                .as_object()
                .filter(|fields| fields.len() == 2 && fields.contains_key("type"))
                .and_then(|fields| fields.get("value"))
        {
            *stored = value.clone();
        }
    }
    attributes
}

/// Stores dynamic string values as Terraform does.
pub fn wrap(schema: &Schema, mut attributes: Attributes) -> Attributes {
    for name in names(schema) {
        if let Some(value) = attributes.get_mut(*name)
            && value.is_string()
        {
            *value = json!({"value": value.take(), "type": "string"});
        }
    }
    attributes
}

fn names(schema: &Schema) -> &'static [&'static str] {
    match schema.provider {
        Provider::Builtin => &DYNAMIC,
        Provider::Aws => &[],
    }
}

/// The attributes that a `terraform_data` object has as soon as its arguments are known: `output` equals `input`.
pub fn complete(schema: &Schema, attributes: &mut Attributes) {
    if schema.provider == Provider::Builtin
        && let Some(input) = attributes.get("input").filter(|input| !input.is_null()).cloned()
    {
        attributes.insert("output".to_owned(), input);
    }
}

/// The value of an attribute, for templates.
pub fn attribute(attributes: &Attributes, name: &str) -> Option<Value> {
    attributes.get(name).filter(|value| !value.is_null()).cloned()
}
