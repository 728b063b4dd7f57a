//! The fields of one JSON object of a state, taken out one by one; what is left is unknown to the format.

use serde_json::{Map, Value};

use super::StateError;
use super::error::shown;

/// An object at a path of the state.
pub(super) struct Fields {
    path: String,
    fields: Map<String, Value>,
}

impl Fields {
    /// The object at `path`; absent and `null` are an object without fields.
    pub(super) fn new(path: &str, value: Option<Value>) -> Result<Self, StateError> {
        let fields = match value {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(fields)) => fields,
            Some(other) => {
                return Err(StateError::Field {
                    field: path.to_owned(),
                    expected: "an object",
                    found: shown(Some(&other)),
                });
            }
        };
        Ok(Self { path: path.to_owned(), fields })
    }

    /// The top level, which must be an object.
    pub(super) fn of_document(document: Value) -> Result<Self, StateError> {
        match document {
            Value::Object(fields) => Ok(Self { path: String::new(), fields }),
            other => Err(StateError::NoVersion {
                found: format!("missing, as the whole document is {}", shown(Some(&other))),
            }),
        }
    }

    /// Looks at a field and leaves it there.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// Takes a field out, of whatever type.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.fields.shift_remove(name)
    }

    /// Takes out a string that may be missing or `null`.
    pub(super) fn optional_text(&mut self, name: &str) -> Result<Option<String>, StateError> {
        match self.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.field(name, "a string", Some(&other))),
        }
    }

    /// Takes out a string that must be there.
    pub(super) fn text(&mut self, name: &str) -> Result<String, StateError> {
        self.optional_text(name)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| self.field(name, "a string that is not empty", None))
    }

    /// Takes out a whole number; missing and `null` are 0.
    pub(super) fn number(&mut self, name: &str) -> Result<u64, StateError> {
        match self.take(name) {
            None | Some(Value::Null) => Ok(0),
            Some(value) => {
                value.as_u64().ok_or_else(|| self.field(name, "a whole number, not negative", Some(&value)))
            }
        }
    }

    /// Takes out a bool; missing and `null` are false.
    pub(super) fn flag(&mut self, name: &str) -> Result<bool, StateError> {
        match self.take(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(other) => Err(self.field(name, "true or false", Some(&other))),
        }
    }

    /// Takes out a list; missing and `null` are empty.
    pub(super) fn list(&mut self, name: &str) -> Result<Vec<Value>, StateError> {
        match self.take(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items),
            Some(other) => Err(self.field(name, "a list", Some(&other))),
        }
    }

    /// What was not taken out.
    pub(super) fn rest(self) -> Map<String, Value> {
        self.fields
    }

    /// The error for a field with the text `found`.
    pub(super) fn wrong(&self, name: &str, expected: &'static str, found: &str) -> StateError {
        StateError::Field { field: self.name(name), expected, found: format!("`{found}`") }
    }

    fn field(&self, name: &str, expected: &'static str, found: Option<&Value>) -> StateError {
        StateError::Field { field: self.name(name), expected, found: shown(found) }
    }

    fn name(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}
