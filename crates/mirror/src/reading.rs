//! A copy as a verification reads it.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use trail::digest::Digest;
use trail::{Examiner, Inventory, Listed, Metadata, PublicKeys, Purpose, Request, Scope};

use crate::description::Description;
use crate::folder::{Folder, Stored, open};
use crate::{MirrorError, listing};

/// A copy on disk: one of ours, or what `aws s3 sync` made.
#[derive(Debug)]
pub struct Mirror {
    folder: Folder,
    /// What it is of; none for a sync.
    pub description: Option<Description>,
    /// The public keys that were copied.
    pub keys: PublicKeys,
    /// What stands before `AWSLogs/` on disk.
    disk_prefix: String,
    /// What stands before it in the bucket.
    prefix: String,
}

/// An object of a copy, opened.
pub struct Opening {
    /// Its bytes.
    pub file: File,
    /// Its metadata, where they were copied.
    pub metadata: Option<Metadata>,
    /// A number that is another when the file is.
    pub stamp: u64,
}

impl Mirror {
    /// Opens the copy in a folder.
    ///
    /// # Errors
    /// It is none, or cannot be read.
    pub fn open(root: &Path) -> Result<Self, MirrorError> {
        let folder = Folder::new(root);
        let description: Option<Description> = folder.read(&folder.record("trail.json"))?;
        if description.as_ref().is_some_and(|description| !description.complete) {
            return Err(MirrorError::Incomplete { path: root.to_owned() });
        }
        let keys = folder.read(&folder.record("keys.json"))?.unwrap_or_default();
        let mut mirror =
            Self { folder, description, keys, disk_prefix: String::new(), prefix: String::new() };
        if let Some(description) = &mirror.description {
            mirror.prefix.clone_from(&description.prefix);
            mirror.disk_prefix.clone_from(&description.prefix);
        } else {
            mirror.disk_prefix =
                find_logs(root, 0).ok_or_else(|| MirrorError::NoTrail { path: root.to_owned() })?;
            mirror.prefix = mirror.true_prefix().unwrap_or_else(|| mirror.disk_prefix.clone());
        }
        Ok(mirror)
    }

    /// Its folder.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// What a verification of all of it covers.
    pub fn scope(&self) -> Scope {
        match &self.description {
            Some(description) => description.scope(),
            None => Scope { prefix: self.prefix.clone(), ..Scope::default() },
        }
    }

    /// What it holds of `scope`: what lies in the folder, and what the bucket listed beside it.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn inventory(&self, scope: Scope) -> Result<Inventory, MirrorError> {
        let mut inventory = Inventory::new(scope);
        for line in listing::lines(&self.folder)? {
            inventory.add(&line?.listed());
        }
        self.walk(&self.disk(&format!("{}AWSLogs", self.prefix)), &mut |key| {
            inventory.add(&Listed { key, ..Listed::default() });
        })?;
        Ok(inventory)
    }

    /// Opens an object.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn object(&self, request: &Request) -> io::Result<Opening> {
        let version = request.version.as_deref();
        let path = match (&self.description, version) {
            (None, _) => self.disk(&request.key),
            (Some(_), version) => {
                let plain = self.disk(&request.key);
                let ours = self.folder.object(&self.prefix, &request.key, version);
                if version.is_none() && !ours.exists() && is_below(&request.key) { plain } else { ours }
            }
        };
        let file = open(&path)?;
        let found = file.metadata()?;
        if !found.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
        }
        let stamp = [found.ino(), found.size()].into_iter().chain([
            found.mtime().cast_unsigned(),
            found.mtime_nsec().cast_unsigned(),
            found.ctime().cast_unsigned(),
            found.ctime_nsec().cast_unsigned(),
        ]);
        let stamp =
            stamp.fold(0xcbf2_9ce4_8422_2325, |sum: u64, part| (sum ^ part).wrapping_mul(0x0100_0000_01b3));
        let metadata = (request.purpose == Purpose::Digest && self.description.is_some()).then(|| {
            let path = self.folder.metadata(&request.key, version);
            let stored: Option<Stored> = self.folder.read(&path).ok().flatten();
            stored.map(|stored| stored.digest())
        });
        // Metadata that somebody removed from the copy are not metadata that were never there.
        Ok(Opening { file, metadata: metadata.flatten(), stamp })
    }

    /// Why an object was not copied, where it could not be.
    pub(crate) fn unreadable(&self, key: &str) -> Option<String> {
        let known = self.description.as_ref()?.unreadable.iter().find(|(unreadable, _)| unreadable == key);
        known.map(|(_, reason)| reason.clone())
    }

    /// Where the object with this key lies when it is a path.
    fn disk(&self, key: &str) -> PathBuf {
        let below = key.strip_prefix(&self.prefix).unwrap_or(key);
        self.folder.root().join(&self.disk_prefix).join(below)
    }

    /// Every file below a folder, as a key. Links are passed over.
    fn walk(&self, folder: &Path, take: &mut dyn FnMut(&str)) -> Result<(), MirrorError> {
        let fail = |source| MirrorError::file("read", folder, source);
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(fail(error)),
        };
        for entry in entries {
            let entry = entry.map_err(fail)?;
            let path = entry.path();
            if entry.file_type().map_err(fail)?.is_dir() {
                self.walk(&path, take)?;
                continue;
            }
            let base = self.folder.root().join(&self.disk_prefix);
            if let Some(below) = path.strip_prefix(&base).ok().and_then(Path::to_str) {
                take(&format!("{}{below}", self.prefix));
            }
        }
        Ok(())
    }

    /// What stands before `AWSLogs/` in the bucket that a sync was made of: the first digest found says it.
    fn true_prefix(&self) -> Option<String> {
        let base = self.folder.root().join(&self.disk_prefix);
        let path = first_digest(&base.join("AWSLogs"), 0)?;
        let below = path.strip_prefix(&base).ok()?.to_str()?.to_owned();
        let digest = read_digest(&path)?;
        digest.object.strip_suffix(below.as_str()).map(str::to_owned)
    }
}

fn is_below(key: &str) -> bool {
    key.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

/// The folders that lead to `AWSLogs`, with a slash at the end of each.
fn find_logs(folder: &Path, depth: usize) -> Option<String> {
    if folder.join("AWSLogs").is_dir() {
        return Some(String::new());
    }
    if depth > 8 {
        return None;
    }
    let mut folders: Vec<_> =
        std::fs::read_dir(folder).ok()?.flatten().filter(|entry| entry.path().is_dir()).collect();
    folders.sort_by_key(std::fs::DirEntry::file_name);
    folders.into_iter().find_map(|entry| {
        let name = entry.file_name().to_str()?.to_owned();
        Some(format!("{name}/{}", find_logs(&entry.path(), depth + 1)?))
    })
}

fn first_digest(folder: &Path, depth: usize) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    entries.into_iter().find_map(|path| {
        let is_digest = path.to_str().is_some_and(|path| path.contains("/CloudTrail-Digest/"));
        if path.is_dir() && depth < 8 {
            return first_digest(&path, depth + 1);
        }
        (is_digest && read_digest(&path).is_some()).then_some(path)
    })
}

fn read_digest(path: &Path) -> Option<Digest> {
    let mut file = open(path).ok()?;
    Examiner::keeping().digest(&mut file)
}
