//! State files that a person names, to be written into a backend.

use std::io;
use std::path::Path;

use terraform::state::STATE_LIMIT;
use terraform::{Diagnostic, State};

use crate::error::CliError;
use crate::input;

/// Reads a state file; `-` is the standard input.
///
/// # Errors
/// It cannot be read, or holds no state.
pub fn read(path: &Path) -> Result<State, CliError> {
    let bytes = match path.as_os_str() == "-" {
        true => input::bytes(io::stdin().lock(), STATE_LIMIT),
        false => input::file(path, STATE_LIMIT),
    };
    let bytes = bytes.map_err(|source| CliError::File { action: "read", path: path.to_owned(), source })?;
    State::parse(&bytes).map_err(|error| {
        let detail = format!("{}: {error}. Nothing was written.", path.display());
        CliError::from(Diagnostic::error("Error reading the source state", detail))
    })
}
