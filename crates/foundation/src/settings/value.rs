//! A setting's value as it came from a file or the command line, with the way back to where it was written.

use std::fmt;
use std::sync::Arc;

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

/// Finds the place of the part of a value that a path leads to; the empty path leads to the whole.
pub type Locate = Arc<dyn Fn(&[Step]) -> Option<Location> + Send + Sync>;

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the value of a key.
    Key(String),
    /// To an item.
    Index(usize),
}

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
