//! The bytes of a state in a file: read whole, and written so that one whole state is on the disk at every instant.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use engine::{StoreError, Version};
use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};
use terraform::state::STATE_LIMIT;

use super::{Paths, is_same};
use crate::hex;

/// A write as asked for.
pub(super) struct Change {
    pub(super) bytes: Vec<u8>,
    pub(super) replaces: Option<Version>,
    /// Whether the file was made for it just now.
    pub(super) created: bool,
}

/// The bytes that count as the state now; none when there is no state.
pub(super) fn current(paths: &Paths, file: &mut File, created: bool) -> Result<Vec<u8>, StoreError> {
    let bytes = read_all(&paths.state, file)?;
    if created || is_whole(&bytes) {
        return Ok(bytes);
    }
    match File::open(&paths.copy) {
        Ok(mut copy) => {
            let copied = read_all(&paths.copy, &mut copy)?;
            Ok(if is_whole(&copied) { copied } else { bytes })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(bytes),
        Err(error) => Err(failed(&paths.copy)(error)),
    }
}

pub(super) fn read_all(path: &Path, file: &mut File) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))
        .and_then(|_| file.take(STATE_LIMIT as u64 + 1).read_to_end(&mut bytes))
        .map_err(failed(path))?;
    if bytes.len() > STATE_LIMIT {
        return Err(too_large(path));
    }
    Ok(bytes)
}

pub(super) fn too_large(path: &Path) -> StoreError {
    StoreError::TooLarge { place: path.display().to_string(), limit: STATE_LIMIT }
}

/// Whether a file holds one JSON value and nothing after it.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

pub(super) fn version(bytes: &[u8]) -> Option<Version> {
    (!bytes.is_empty()).then(|| Version(format!("sha256:{}", hex(&Sha256::digest(bytes)))))
}

/// Writes over exactly the version that the change names.
pub(super) fn replace(
    paths: &Paths,
    file: &mut File,
    backed_up: &mut bool,
    change: &Change,
) -> Result<Version, StoreError> {
    if change.bytes.len() > STATE_LIMIT {
        return Err(too_large(&paths.state));
    }
    let old = current(paths, file, change.created)?;
    if version(&old) != change.replaces {
        return Err(StoreError::Moved);
    }
    if read_all(&paths.state, file)? != old {
        write_in_place(file, &old).map_err(failed(&paths.state))?;
    }
    back_up(paths, &old, backed_up)?;
    write_synced(&paths.copy, &change.bytes)?;
    if let Err(error) = write_in_place(file, &change.bytes) {
        // Where even the old bytes cannot be put back, the copy stays: it is the state then.
        if write_in_place(file, &old).is_ok() {
            remove(&paths.copy)?;
        }
        return Err(failed(&paths.state)(error));
    }
    remove(&paths.copy)?;
    version(&change.bytes).ok_or_else(|| failed(&paths.state)(io::ErrorKind::InvalidInput.into()))
}

/// Keeps what the run found, once; never in the place of the state itself.
pub(super) fn back_up(paths: &Paths, old: &[u8], backed_up: &mut bool) -> Result<(), StoreError> {
    if !*backed_up && !old.is_empty() {
        if let (Ok(state), Ok(there)) = (fs::metadata(&paths.state), fs::metadata(&paths.backup))
            && is_same(&state, &there)
        {
            let error = "no backup can be kept there: it is the state itself";
            return Err(failed(&paths.backup)(io::Error::new(io::ErrorKind::InvalidInput, error)));
        }
        // A rename would put a file in the place of a device, `/dev/null` among them.
        if fs::metadata(&paths.backup).is_ok_and(|there| !there.is_file()) {
            fs::write(&paths.backup, old).map_err(failed(&paths.backup))?;
        } else {
            write_synced(&paths.backup_copy, old)?;
            fs::rename(&paths.backup_copy, &paths.backup).map_err(failed(&paths.backup))?;
        }
        *backed_up = true;
    }
    Ok(())
}

/// Writes a state where it is. It is closed to others, unless it belongs to another user, who decides.
pub(super) fn write_in_place(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    let _others = file.set_permissions(fs::Permissions::from_mode(0o600));
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes a new file that is on the disk, name and all, when this returns; leaves none behind when it fails.
pub(super) fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let write = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
        File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
    };
    write().map_err(|error| {
        let error = failed(path)(error);
        match remove(path) {
            Ok(()) | Err(_) => error,
        }
    })
}

/// Removes a file; one that is gone already is no error.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path)(error)),
        _ => Ok(()),
    }
}

pub(super) fn failed(path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    move |source| StoreError::File { path: path.to_owned(), source }
}
