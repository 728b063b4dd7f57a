//! The settings that a command line gives.

use std::path::PathBuf;

/// The variables given on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Variables {
    /// First to last; a later one wins.
    pub sources: Vec<VariableSource>,
}

/// One `-var` or `-var-file`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum VariableSource {
    /// `-var NAME=VALUE`, as typed.
    Assignment(String),
    /// `-var-file FILE`.
    File(PathBuf),
}
