//! State files that a person names, to be written into a backend.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use terraform::state::STATE_LIMIT;
use terraform::{Diagnostic, State};

use crate::error::CliError;

/// Reads a state file; `-` is the standard input.
///
/// # Errors
/// It cannot be read, or holds no state.
pub fn read(path: &Path) -> Result<State, CliError> {
    let failed = |source| CliError::File { action: "read", path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let limit = STATE_LIMIT as u64 + 1;
    if path.as_os_str() == "-" {
        io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        File::open(path).map_err(failed)?.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    }
    State::parse(&bytes).map_err(|error| {
        let detail = format!("{}: {error}. Nothing was written.", path.display());
        CliError::Usage(Box::new(Diagnostic::error("Error reading the source state", detail)))
    })
}
