//! Files that only their owner may read: records, plans, states.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::error::CliError;

/// Read and write, for the owner.
const OWNER: u32 = 0o600;

/// Writes a file in place of what is there.
///
/// # Errors
/// It cannot be written.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    failed(path, overwrite(path, bytes))
}

/// Writes a file that must not be there yet.
///
/// # Errors
/// It is there, or cannot be written.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let open = || OpenOptions::new().write(true).create_new(true).mode(OWNER).open(path);
    failed(path, open().and_then(|file| fill(file, bytes)))
}

/// Writes beside a file, then renames, so that the file is whole or as it was.
///
/// # Errors
/// It cannot be written.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    failed(path, overwrite(&beside, bytes).and_then(|()| std::fs::rename(&beside, path)))
}

fn overwrite(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(OWNER).open(path)?;
    file.set_permissions(PermissionsExt::from_mode(OWNER))?;
    fill(file, bytes)
}

fn fill(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    // A pipe or a device keeps nothing that could be synchronised.
    if file.metadata()?.is_file() { file.sync_all() } else { Ok(()) }
}

fn failed(path: &Path, result: io::Result<()>) -> Result<(), CliError> {
    result.map_err(|source| CliError::File { action: "write", path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_owner_may_read_what_is_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        std::fs::write(&path, "old and longer").unwrap();
        for (write, text) in
            [(write as fn(&Path, &[u8]) -> Result<(), CliError>, "one"), (replace, "two"), (write, "three")]
        {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
            write(&path, text.as_bytes()).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, OWNER);
        }
        assert!(create(&path, b"x").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
