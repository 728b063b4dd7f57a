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

/// Writes beside a file, then renames, so that the file is whole or as it was. A link stays one, and a device or a pipe
/// is written to: a rename would put a file in its place.
///
/// # Errors
/// It cannot be written.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let written = match std::fs::metadata(path) {
        Ok(there) if !there.is_file() => overwrite(path, bytes),
        Ok(_) => std::fs::canonicalize(path).and_then(|path| exchange(&path, bytes)),
        Err(_) => exchange(path, bytes),
    };
    failed(path, written)
}

fn exchange(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let exchanged = overwrite(&beside, bytes).and_then(|()| std::fs::rename(&beside, path));
    if exchanged.is_err() {
        let _half = std::fs::remove_file(&beside);
    }
    exchanged
}

fn overwrite(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(OWNER).open(path)?;
    // A device is everybody's, whoever writes to it.
    if file.metadata()?.is_file() {
        file.set_permissions(PermissionsExt::from_mode(OWNER))?;
    }
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
    use std::io::Read;

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

    #[test]
    fn a_link_stays_one_and_a_pipe_and_its_mode_stay_too() {
        let directory = tempfile::tempdir().unwrap();
        let [file, link, pipe] = ["file", "link", "pipe"].map(|name| directory.path().join(name));
        std::fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let mode = rustix::fs::Mode::from_raw_mode(0o644);
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        let there = |path: &Path| std::fs::symlink_metadata(path).unwrap();
        for write in [write as fn(&Path, &[u8]) -> Result<(), CliError>, replace] {
            write(&link, b"new").unwrap();
            assert!(there(&link).is_symlink());
            assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
            let reader = File::options().read(true).write(true).open(&pipe).unwrap();
            write(&pipe, b"told").unwrap();
            let mut told = [0; 4];
            (&reader).read_exact(&mut told).unwrap();
            assert_eq!(&told, b"told");
            assert!(!there(&pipe).is_file());
            assert_eq!(there(&pipe).permissions().mode() & 0o777, 0o644);
        }
    }
}
