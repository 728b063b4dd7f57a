//! The attributes of an object as a document shows them: all of the provider's, and of our own those that are set.

use foundation::{Role, Schema, Unplanned};
use terraform::skeleton::{self, Partition};
use terraform::{Attributes, Value, json};

use crate::plan::{Action, Change};
use crate::template;

/// The attributes of an object, and the skeletons beside them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Object {
    /// What is known.
    pub values: Value,
    /// What is not.
    pub unknown: Value,
    /// What is sensitive: nothing is, but the shape is there.
    pub sensitive: Value,
}

/// An object that exists.
pub(super) fn existing(schema: &Schema, attributes: &Attributes) -> Object {
    of(all(schema, attributes))
}

/// The object that a change leads to; `None` when it goes.
pub(super) fn planned(schema: &Schema, change: &Change) -> Option<Object> {
    let after = change.after.as_ref()?;
    let mut object = of(all(schema, after));
    if matches!(change.action, Action::Create | Action::Replace) {
        let open = schema
            .attributes
            .iter()
            .filter(|attribute| attribute.role != Role::Unrecorded && !after.contains_key(attribute.name));
        for attribute in open {
            if let Unplanned::Unknown(collection) = attribute.unplanned() {
                object.forget(attribute.name, collection);
            }
        }
    }
    Some(object)
}

/// Every attribute, sorted. What a resource of its own holds is left out where it is empty: `[]` would say that there is none.
fn all(schema: &Schema, attributes: &Attributes) -> Attributes {
    let mut all = schema.recorded(attributes);
    for attribute in schema.attributes.iter().filter(|attribute| attribute.held_elsewhere) {
        if all.get(attribute.name).and_then(Value::as_array).is_some_and(Vec::is_empty) {
            all.shift_remove(attribute.name);
        }
    }
    for attribute in schema.attributes.iter().filter(|attribute| attribute.role == Role::Unrecorded) {
        let value = attributes.get(attribute.name).filter(|value| !value.is_null());
        all.extend(value.map(|value| (attribute.name.to_owned(), value.clone())));
    }
    json::sorted_fields(&all)
}

fn of(attributes: Attributes) -> Object {
    let is_unknown = |text: &str| !template::is_known(&Value::from(text));
    let Partition { known, unknown } = skeleton::block(&attributes, &is_unknown);
    let shape = Value::Object(attributes.into_iter().map(|(name, value)| (name, shape(value))).collect());
    Object { values: known.unwrap_or_default(), unknown, sensitive: skeleton::sensitive(&shape, &[]) }
}

/// The value with each collection emptied of which nothing is known.
fn shape(value: Value) -> Value {
    let is_unknown = |value: &Value| value.is_string() && !template::is_known(value);
    match value {
        Value::Array(items) if items.iter().any(is_unknown) => Value::Array(Vec::new()),
        Value::Array(items) => items.into_iter().map(block_shape).collect(),
        Value::Object(fields) if fields.values().any(is_unknown) => Value::Object(Attributes::new()),
        other => block_shape(other),
    }
}

fn block_shape(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields.into_iter().map(|(name, field)| (name, shape(field))).collect(),
        other => other,
    }
}

impl Object {
    /// Makes an attribute unknown; for a collection its empty form says which shape it has.
    fn forget(&mut self, name: &str, collection: Option<Value>) {
        if let Some(values) = self.values.as_object_mut() {
            values.shift_remove(name);
        }
        if let Some(unknown) = self.unknown.as_object_mut() {
            unknown.insert(name.to_owned(), Value::Bool(true));
            unknown.sort_keys();
        }
        if let (Some(sensitive), Some(collection)) = (self.sensitive.as_object_mut(), collection) {
            sensitive.insert(name.to_owned(), collection);
            sensitive.sort_keys();
        }
    }
}
