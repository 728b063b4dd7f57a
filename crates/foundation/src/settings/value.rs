//! A setting's value as it came from a file or the command line, with the way back to where it was written.

use std::fmt;
use std::sync::Arc;

use terraform::tfvars::Assignment;
use terraform::types::PathStep;
use terraform::{Location, Value};

/// The winning value for one name.
#[derive(Clone)]
pub struct SettingValue {
    /// The name as written.
    pub name: String,
    /// The value, evaluated, before conversion to the setting's type.
    pub value: Value,
    /// Where it came from.
    pub origin: Origin,
    /// Where the name was written.
    pub name_location: Option<Location>,
    /// Finds where a part of the value was written.
    pub locate: Locate,
}

/// Finds the place of the item of a value that a path leads to; the empty path leads to the whole.
pub type Locate = Arc<dyn Fn(&[PathStep]) -> Option<Location> + Send + Sync>;

/// What kind of source gave a value; an undeclared name is a warning, an error or nothing by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A variable file, named or found.
    File,
    /// `-var`.
    CommandLine,
    /// `TF_VAR_…`.
    Environment,
}

impl SettingValue {
    /// A value without places.
    pub fn new(name: impl Into<String>, value: Value, origin: Origin) -> Self {
        Self { name: name.into(), value, origin, name_location: None, locate: Arc::new(|_| None) }
    }

    /// A value that stands whole at one place: raw text from the command line or the environment.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.name_location = Some(location.clone());
        self.locate = Arc::new(move |_| Some(location.clone()));
        self
    }

    /// A value as a variable file or an expression assigns it.
    pub fn assigned(assignment: Assignment, origin: Origin) -> Self {
        Self {
            name: assignment.name.clone(),
            value: assignment.value.clone(),
            origin,
            name_location: Some(assignment.name_location.clone()),
            locate: Arc::new(move |path| Some(assignment.value_location_of(path))),
        }
    }
}

impl fmt::Debug for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettingValue")
            .field("name", &self.name)
            .field("value", &self.value)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
