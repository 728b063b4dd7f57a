//! The `backend` block of the working directory's configuration files.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use terraform::backend::{Configuration, Record};
use terraform::module::{self, FILE_LIMIT, File, Rank};
use terraform::{Diagnostic, Location};

use crate::error::CliError;
use crate::input;

/// What is said where nobody knows which state is meant.
pub(super) const INITIALIZE: &str = "Backend initialization required, please run \"underpin init\"";

/// A `terraform { backend "TYPE" { … } }` block.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Block {
    /// What is in it, and of which backend.
    pub configuration: Configuration,
    /// Where it is.
    pub location: Location,
}

impl Block {
    /// The block of the working directory, where Terraform would take one from.
    ///
    /// # Errors
    /// Files that cannot be read, and whatever else may say where the state lives and is not understood.
    pub(crate) fn find() -> Result<Option<Self>, CliError> {
        let mut files = Vec::new();
        let mut problems = Vec::new();
        for (name, rank) in names(Path::new("."))? {
            match read(Path::new(&name)) {
                Ok(bytes) => files.push(File::new(name.display().to_string(), rank, &bytes)),
                Err(problem) => problems.push(problem),
            }
        }
        let found = match module::backend(&files) {
            Ok(found) if problems.is_empty() => found,
            Ok(_) => return Err(problems.into()),
            Err(further) => return Err(problems.into_iter().chain(further).collect::<Vec<_>>().into()),
        };
        Ok(found.map(|found| Self { configuration: found.configuration, location: found.location }))
    }

    /// Whether the working directory holds a module of Terraform's.
    pub(crate) fn is_possible() -> bool {
        names(Path::new(".")).is_ok_and(|names| !names.is_empty())
    }

    /// Whether the block is another than `init` saw. Arguments that `-backend-config` gave are not its business; as in
    /// Terraform, one that says by now exactly what is recorded is as good as the old one.
    pub(crate) fn is_other(&self, record: &Record) -> bool {
        let kind = record.configuration.kind();
        self.configuration.kind() != kind
            || (record.hash != Some(self.configuration.hash(kind).into())
                && self.configuration.to_config(kind) != record.configuration.to_config(kind))
    }

    /// What commands say that need the state, when the block is another than `init` saw.
    pub(crate) fn refusal(&self, record: &Record) -> CliError {
        let recorded = record.configuration.kind().as_str();
        let named = self.configuration.kind().as_str();
        let reason = if named == recorded {
            "Backend configuration block has changed".to_owned()
        } else {
            format!("Backend type changed from \"{recorded}\" to \"{named}\"")
        };
        let detail = format!(
            "Reason: {reason}. The block in {} is not the one that init recorded, so it is not clear which state is meant. \
             Nothing was read or changed.",
            self.location.source.name
        );
        CliError::from(Diagnostic::error(INITIALIZE, detail).hint(
            "to copy the state to where the block says: underpin init -migrate-state; to use what is there as it is: \
             underpin init -reconfigure",
        ))
    }
}

/// The configuration files of a directory, in the order of their names.
fn names(directory: &Path) -> Result<Vec<(OsString, Rank)>, CliError> {
    let failed = |source| CliError::File { action: "list", path: directory.to_owned(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let Some(rank) = Rank::of(name.as_encoded_bytes()) else { continue };
        if !entry.file_type().map_err(failed)?.is_dir() {
            names.push((name, rank));
        }
    }
    names.sort();
    Ok(names)
}

/// The bytes of a configuration file.
fn read(path: &Path) -> Result<Vec<u8>, Diagnostic> {
    let name = path.display();
    let is_file = fs::metadata(path).map(|found| found.is_file());
    let reason = match is_file.and_then(|is_file| is_file.then(|| input::file(path, FILE_LIMIT)).transpose())
    {
        Ok(Some(bytes)) => return Ok(bytes),
        Ok(None) => "it is no file".to_owned(),
        Err(error) if error.kind() == ErrorKind::NotFound && path.is_symlink() => {
            let target = fs::read_link(path).unwrap_or_default();
            format!("it is a link to {}, which is not there", target.display())
        }
        Err(error) => error.to_string(),
    };
    let detail = format!("{name} cannot be read: {reason}. It may say where the state lives.");
    Err(Diagnostic::error("Failed to read file", detail)
        .hint("mend the file, or take it out of this directory"))
}
