//! A value of `-backend-config`.

use std::path::PathBuf;

/// Where arguments of the backend come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BackendSource {
    /// A file.
    File(PathBuf),
    /// `NAME=VALUE`, as typed.
    Pair(String),
    /// An empty value: what was given before does not count.
    Clear,
}

impl BackendSource {
    /// Reads a value; text without an equals sign is a file.
    ///
    /// # Errors
    /// None; clap wants a result.
    pub(crate) fn value(text: &str) -> Result<Self, std::convert::Infallible> {
        Ok(match text {
            "" => Self::Clear,
            pair if pair.contains('=') => Self::Pair(pair.to_owned()),
            file => Self::File(PathBuf::from(file)),
        })
    }
}
