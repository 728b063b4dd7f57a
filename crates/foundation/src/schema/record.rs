//! What a state records of an object, and what a plan says of what it does not know yet.

use serde_json::Value;
use terraform::Attributes;

use super::{Attribute, Compare, Form, Role, Schema};

/// What a plan says of an attribute of a new object for which it has no value.
#[derive(Clone, Debug, PartialEq)]
pub enum Unplanned {
    /// It stays unset: `null`, or `[]` for a block.
    Unset(Value),
    /// AWS decides. For a collection its empty form.
    Unknown(Option<Value>),
}

impl Schema {
    /// What a state records of an object: every attribute of the provider's schema, unset ones as `null` or `[]`, and no
    /// others. Sorted by name.
    pub fn recorded(&self, attributes: &Attributes) -> Attributes {
        let mut known: Vec<&Attribute> =
            self.attributes.iter().filter(|attribute| attribute.role != Role::Unrecorded).collect();
        known.sort_unstable_by_key(|attribute| attribute.name);
        let entry = |attribute: &Attribute| {
            let value = attributes.get(attribute.name).filter(|value| !value.is_null());
            let value = value.cloned().unwrap_or_else(|| attribute.unset_value());
            (attribute.name.to_owned(), attribute.as_provider_knows(value))
        };
        known.into_iter().map(entry).collect()
    }

    /// Sets the attributes that follow others whose values are known.
    pub fn complete(&self, attributes: &mut Attributes) {
        for attribute in self.attributes {
            let followed = attribute.follows.and_then(|followed| attributes.get(followed));
            if let Some(value) = followed.filter(|value| !value.is_null()).cloned() {
                attributes.insert(attribute.name.to_owned(), value);
            }
        }
    }
}

impl Attribute {
    /// How a new object gets it when there is no planned value.
    pub fn unplanned(&self) -> Unplanned {
        let collection = match self.form {
            Form::Map => Some(Value::Object(Attributes::new())),
            Form::Blocks => Some(Value::Array(Vec::new())),
            _ if self.compare == Compare::NothingBeyond => Some(Value::Array(Vec::new())),
            Form::Value | Form::Any => None,
        };
        let is_open = self.role == Role::Computed && !self.stays_unset;
        if is_open || self.compare == Compare::NothingBeyond {
            Unplanned::Unknown(collection)
        } else {
            Unplanned::Unset(self.unset_value())
        }
    }

    /// What is recorded where it is unset.
    fn unset_value(&self) -> Value {
        match self.form {
            Form::Blocks => Value::Array(Vec::new()),
            Form::Value | Form::Map | Form::Any => Value::Null,
        }
    }

    /// A value without the fields that the provider does not know.
    fn as_provider_knows(&self, mut value: Value) -> Value {
        for block in value.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            for field in self.unknown_fields {
                block.shift_remove(*field);
            }
        }
        value
    }
}
