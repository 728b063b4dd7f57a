//! The arguments that several commands share, in groups.

mod backend_source;
mod duration;
mod edit;
mod lock;
mod offline;
mod operation;
mod variables;
mod widening;

pub(crate) use backend_source::BackendSource;
pub(crate) use edit::{Edit, Ignored};
pub(crate) use lock::Lock;
pub(crate) use offline::Offline;
pub(crate) use operation::{Operation, parallelism};
pub(crate) use widening::Widening;
