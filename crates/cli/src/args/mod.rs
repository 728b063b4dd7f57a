//! The arguments that several commands share, in groups.

mod backend_source;
mod duration;
mod edit;
mod lock;
mod offline;
mod operation;
mod variables;
mod widening;

pub use backend_source::BackendSource;
pub use edit::{Edit, Ignored};
pub use lock::Lock;
pub use offline::Offline;
pub use operation::{Operation, parallelism};
pub use widening::Widening;
