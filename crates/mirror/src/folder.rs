//! Where the objects of a copy lie. Nothing is ever written outside its folder, whatever a key says.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::OFlags;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use trail::name::{File as Kind, Name};
use trail::{Hash, Metadata};

use crate::MirrorError;

/// What a sync loses lies here.
const OURS: &str = ".underpin";

/// A copy's folder.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    written: AtomicU64,
}

/// An object's metadata, as they are kept beside it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Stored {
    /// Its user metadata.
    pub metadata: BTreeMap<String, String>,
}

impl Stored {
    /// The metadata that a digest needs.
    pub fn digest(&self) -> Metadata {
        Metadata {
            signature: self.metadata.get("signature").cloned(),
            algorithm: self.metadata.get("signature-algorithm").cloned(),
        }
    }
}

impl Folder {
    /// The folder of a copy, which need not be there yet.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), written: AtomicU64::new(0) }
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A record of ours.
    pub fn record(&self, name: &str) -> PathBuf {
        self.root.join(OURS).join(name)
    }

    /// Where an object lies. `prefix` is the trail's.
    pub fn object(&self, prefix: &str, key: &str, version: Option<&str>) -> PathBuf {
        match version {
            Some(version) => self.record("versions").join(identity(key, Some(version))),
            None if is_path(prefix, key) => self.root.join(key),
            None => self.record("others").join(identity(key, None)),
        }
    }

    /// Where an object's metadata lie.
    pub fn metadata(&self, key: &str, version: Option<&str>) -> PathBuf {
        let identity = identity(key, version);
        let (first, rest) = identity.split_at_checked(2).unwrap_or(("", &identity));
        self.record("metadata").join(first).join(format!("{rest}.json"))
    }

    /// Writes a file in its place, whole or not at all; the folders on its way are made.
    ///
    /// # Errors
    /// It cannot be written, or one of the folders is a link.
    pub fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), MirrorError> {
        let mut file = self.begin()?;
        file.write(bytes)?;
        self.place(file, path)
    }

    /// A file beside the others, which nobody sees yet.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn begin(&self) -> Result<Unplaced, MirrorError> {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let path = self.record("new").join(format!("{}-{number}", std::process::id()));
        self.enter(&path)?;
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .custom_flags(no_links())
            .open(&path);
        Ok(Unplaced { file: file.map_err(|source| MirrorError::file("write", &path, source))?, path })
    }

    /// Puts a file in its place.
    ///
    /// # Errors
    /// It cannot be put there, or one of the folders on the way is a link.
    pub fn place(&self, unplaced: Unplaced, path: &Path) -> Result<(), MirrorError> {
        self.enter(path)?;
        drop(unplaced.file);
        fs::rename(&unplaced.path, path).map_err(|source| MirrorError::file("write", path, source))
    }

    /// Makes the folders that lead to `path`; none of them may be a link to another place.
    fn enter(&self, path: &Path) -> Result<(), MirrorError> {
        let fail = |path: &Path, source| MirrorError::file("create", path, source);
        let folder = path.parent().unwrap_or(&self.root);
        let below = folder.strip_prefix(&self.root).map_err(|_| {
            fail(path, io::Error::new(io::ErrorKind::InvalidInput, "it is outside the copy's folder"))
        })?;
        fs::create_dir_all(&self.root).map_err(|source| fail(&self.root, source))?;
        let mut at = self.root.clone();
        for part in below.components() {
            let std::path::Component::Normal(part) = part else {
                return Err(fail(
                    path,
                    io::Error::new(io::ErrorKind::InvalidInput, "it is outside the copy's folder"),
                ));
            };
            at.push(part);
            match fs::DirBuilder::new().mode(0o700).create(&at) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    let is_folder = fs::symlink_metadata(&at).is_ok_and(|found| found.is_dir());
                    if !is_folder {
                        return Err(fail(
                            &at,
                            io::Error::new(io::ErrorKind::NotADirectory, "it is a file or a link"),
                        ));
                    }
                }
                Err(error) => return Err(fail(&at, error)),
            }
        }
        Ok(())
    }

    /// Reads a record of ours; `None` when there is none.
    ///
    /// # Errors
    /// It cannot be read, or is not as we write it.
    pub fn read<T: DeserializeOwned>(&self, path: &Path) -> Result<Option<T>, MirrorError> {
        let mut file = match open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(MirrorError::file("read", path, source)),
        };
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(|source| MirrorError::file("read", path, source))?;
        let record = serde_json::from_slice(&text);
        record
            .map(Some)
            .map_err(|error| MirrorError::Record { path: path.to_owned(), reason: error.to_string() })
    }

    /// Writes a record of ours.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save<T: Serialize>(&self, path: &Path, record: &T) -> Result<(), MirrorError> {
        let text = serde_json::to_vec(record)
            .map_err(|error| MirrorError::Record { path: path.to_owned(), reason: error.to_string() })?;
        self.write(path, &text)
    }
}

/// A file that is not in its place yet; one that is left behind is no part of the copy.
#[derive(Debug)]
pub struct Unplaced {
    file: File,
    path: PathBuf,
}

impl Unplaced {
    /// Adds to it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), MirrorError> {
        self.file.write_all(bytes).map_err(|source| MirrorError::file("write", &self.path, source))
    }

    /// Removes it.
    pub fn discard(self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Opens a file that is no link.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(no_links()).open(path)
}

fn no_links() -> i32 {
    i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or_default()
}

/// A name for what has none that a file may have.
fn identity(key: &str, version: Option<&str>) -> String {
    Hash::of(format!("{key}\0{}", version.unwrap_or_default()).as_bytes()).to_string()
}

/// Whether a key is of CloudTrail's form, and a path below the folder.
pub(crate) fn is_path(prefix: &str, key: &str) -> bool {
    let named = Name::parse(prefix, key).is_some_and(|name| !matches!(name.file, Kind::Other));
    let plain = |part: &str| {
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.=+@,".contains(&byte);
        !part.is_empty() && part.len() <= 200 && !part.starts_with('.') && part.bytes().all(safe)
    };
    named && key.split('/').all(plain)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const GOOD: &str = "AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/20/123456789012_CloudTrail_us-east-1_20261120T0230Z_AbCdEf0123456789.json.gz";

    #[test]
    fn only_cloudtrails_keys_become_paths() {
        assert!(is_path("", GOOD));
        assert!(is_path("a/b/", &format!("a/b/{GOOD}")));
        for key in [
            "../../etc/passwd",
            "/etc/passwd",
            "AWSLogs/123456789012/CloudTrail/us-east-1/../../../../../../tmp/x.json.gz",
            &GOOD.replace("AbCd", "/../../../../../../../../x"),
            &GOOD.replace("us-east-1", ".."),
            &GOOD.replace("AbCd", "\u{0}"),
            &GOOD.replace("AbCd", &"x".repeat(300)),
            ".underpin/trail.json",
        ] {
            assert!(!is_path("", key), "{key:?}");
        }
        assert!(!is_path("../x/", &format!("../x/{GOOD}")));
    }

    #[test]
    fn files_are_the_owners_and_links_are_not_followed() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(&directory.path().join("copy"));
        let path = folder.object("", GOOD, None);
        folder.write(&path, b"x").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let elsewhere = directory.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        fs::remove_dir_all(folder.root().join("AWSLogs")).unwrap();
        std::os::unix::fs::symlink(&elsewhere, folder.root().join("AWSLogs")).unwrap();
        assert!(folder.write(&path, b"x").is_err());
        assert!(folder.write(&directory.path().join("other"), b"x").is_err());
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    }
}
