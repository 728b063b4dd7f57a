//! Values of Terraform's type `any` in a state: stored as `{"value": …, "type": …}`, used as the value alone.

use foundation::{Form, Schema};
use serde_json::json;
use terraform::state::Instance;
use terraform::{Attributes, Value};

/// Replaces stored dynamic values by the values themselves.
pub(crate) fn unwrap(schema: &Schema, mut attributes: Attributes) -> Attributes {
    for name in names(schema) {
        if let Some(stored) = attributes.get_mut(name)
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

/// What a state records of an object.
pub(crate) fn instance(schema: &Schema, attributes: &Attributes, dependencies: Vec<String>) -> Instance {
    let recorded = wrap(schema, schema.recorded(attributes));
    Instance::new(schema.schema_version, recorded, dependencies)
}

/// Stores dynamic values as Terraform does: strings, and objects of strings.
fn wrap(schema: &Schema, mut attributes: Attributes) -> Attributes {
    for name in names(schema) {
        if let Some(value) = attributes.get_mut(name)
            && let Some(value_type) = type_of(value)
        {
            *value = json!({"value": value.take(), "type": value_type});
        }
    }
    attributes
}

/// The type of a value in Terraform's notation; `None` for what is not stored as a dynamic value here.
fn type_of(value: &Value) -> Option<Value> {
    match value {
        Value::String(_) => Some(json!("string")),
        Value::Object(fields) if fields.values().all(Value::is_string) => {
            let types: Attributes = fields.keys().map(|name| (name.clone(), json!("string"))).collect();
            Some(json!(["object", types]))
        }
        _ => None,
    }
}

/// The attributes that hold any type.
fn names(schema: &Schema) -> impl Iterator<Item = &'static str> {
    schema.attributes.iter().filter(|attribute| attribute.form == Form::Any).map(|attribute| attribute.name)
}

/// The value of an attribute, for templates.
pub(crate) fn attribute(attributes: &Attributes, name: &str) -> Option<Value> {
    attributes.get(name).filter(|value| !value.is_null()).cloned()
}
