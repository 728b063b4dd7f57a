//! Plan files: `plan -out=FILE`, `apply FILE`, `show FILE`.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use engine::plan_file::MAX_BYTES;
use engine::{PlanFile, PlanFileError};

use crate::error::CliError;

/// Reads a plan file.
///
/// # Errors
/// It cannot be read, or is no plan.
pub fn read(path: &Path) -> Result<PlanFile, CliError> {
    let failed = |source| CliError::File { action: "read", path: path.to_owned(), source };
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    File::open(path).map_err(failed)?.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    PlanFile::parse(&bytes).map_err(|source| unusable(path, source))
}

/// Writes a plan file, readable by its owner only.
///
/// # Errors
/// It cannot be written.
pub fn write(path: &Path, plan: &PlanFile) -> Result<(), CliError> {
    let failed = |source| CliError::File { action: "write", path: path.to_owned(), source };
    let bytes = plan.to_bytes().map_err(|error| CliError::Internal(error.to_string()))?;
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path).map_err(failed)?;
    file.set_permissions(PermissionsExt::from_mode(0o600)).map_err(failed)?;
    file.write_all(&bytes).map_err(failed)
}

/// The failure of a plan file.
pub fn unusable(path: &Path, source: PlanFileError) -> CliError {
    CliError::PlanFile { path: path.display().to_string(), source }
}
