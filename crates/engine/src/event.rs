//! What an apply tells while it runs.

use terraform::Address;

use crate::cloud::CloudError;
use crate::plan::Action;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A step began.
    Started(Step),
    /// A step ended well.
    Completed(Step),
    /// A step failed.
    Failed(Step, CloudError),
}

/// A step of an apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which resource.
    pub address: Address,
    /// What is done to it: `Create`, `Update` or `Delete`.
    pub action: Action,
    /// The object's id, when it has one.
    pub id: Option<String>,
}

/// Who is told.
pub trait Progress: Send + Sync {
    /// Takes one event.
    fn event(&self, event: &Event);
}
