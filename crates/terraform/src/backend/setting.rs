//! The value that an argument of a backend was given, and where.

use std::fmt;

use serde_json::Value;

use crate::Location;
use crate::tfvars::Assignment;
use crate::types::PathStep;

/// The value of an argument; its `Debug` form does not show it, as it may be a secret.
#[derive(Clone, PartialEq)]
pub(super) struct Setting {
    /// As it was given, not converted.
    pub value: Value,
    /// Where it was given; `None` for a value from the record.
    place: Option<Assignment>,
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Setting {
    /// A value from the record.
    pub(super) fn recorded(value: Value) -> Self {
        Self { value, place: None }
    }

    /// A value that an assignment gives.
    pub(super) fn given(value: Value, assignment: Assignment) -> Self {
        Self { value, place: Some(assignment) }
    }

    /// Where the name stands.
    pub(super) fn name_location(&self) -> Option<Location> {
        self.place.as_ref().map(|place| place.name_location.clone())
    }

    /// Where an attribute of the value stands, or the value.
    pub(super) fn location(&self, path: &[PathStep]) -> Option<Location> {
        self.place.as_ref().map(|place| place.location_of(path))
    }
}

/// Text that is not empty.
pub(super) fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The strings of a set.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
