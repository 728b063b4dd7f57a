//! What the bucket listed when it was copied: one line an object, version or delete marker.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};

use serde::{Deserialize, Serialize};
use trail::{Hash, Listed};

use crate::MirrorError;
use crate::folder::{Folder, Unplaced, open};

/// A line of the listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The key.
    pub key: String,
    /// The version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Whether it is not the current one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub superseded: bool,
    /// Whether it is a delete marker.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub marker: bool,
    /// Its size.
    #[serde(default)]
    pub size: u64,
    /// Its tag and its time, as the store gave them.
    #[serde(default)]
    pub tag: String,
}

impl Line {
    /// The object as a verification takes it.
    pub fn listed(&self) -> Listed<'_> {
        Listed {
            key: &self.key,
            version: self.version.as_deref(),
            superseded: self.superseded,
            marker: self.marker,
            stamp: self.stamp(),
        }
    }

    /// A number that is another when the object is.
    pub fn stamp(&self) -> u64 {
        let text = format!("{}\0{}\0{}", self.version.as_deref().unwrap_or_default(), self.size, self.tag);
        short(&text)
    }

    fn place(&self) -> u64 {
        let version = self.version.as_deref().filter(|_| self.superseded);
        short(&format!("{}\0{}", self.key, version.unwrap_or_default()))
    }
}

fn short(text: &str) -> u64 {
    let hash = Hash::of(text.as_bytes());
    let [a, b, c, d, e, f, g, h, ..] = *hash.bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// The listing of a copy, being written.
#[derive(Debug)]
pub struct Listing {
    file: Unplaced,
    before: HashMap<u64, u64>,
}

/// The name of the listing among our records.
const NAME: &str = "listing.jsonl";

impl Listing {
    /// Begins a new listing; the one before says which objects were copied already.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(folder: &Folder) -> Result<Self, MirrorError> {
        let mut before = HashMap::new();
        for line in lines(folder)? {
            let line = line?;
            before.insert(line.place(), line.stamp());
        }
        Ok(Self { file: folder.begin()?, before })
    }

    /// Adds an object; an older copy of it that is another is removed, so that nothing stale is taken for it.
    ///
    /// # Errors
    /// The file system's.
    pub fn add(&mut self, folder: &Folder, prefix: &str, line: &Line) -> Result<(), MirrorError> {
        let mut text = serde_json::to_vec(line).unwrap_or_default();
        text.push(b'\n');
        self.file.write(&text)?;
        if self.before.get(&line.place()) != Some(&line.stamp()) {
            let path = folder.object(prefix, &line.key, line.version.as_deref().filter(|_| line.superseded));
            match std::fs::remove_file(&path) {
                Err(error)
                    if !matches!(
                        error.kind(),
                        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
                    ) =>
                {
                    return Err(MirrorError::file("remove", &path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Puts it in the place of the one before.
    ///
    /// # Errors
    /// The file system's.
    pub fn finish(self, folder: &Folder) -> Result<(), MirrorError> {
        folder.place(self.file, &folder.record(NAME))
    }
}

/// Every line of a copy's listing; none when there is no listing.
///
/// # Errors
/// It cannot be read.
pub fn lines(folder: &Folder) -> Result<impl Iterator<Item = Result<Line, MirrorError>>, MirrorError> {
    let path = folder.record(NAME);
    let file = match open(&path) {
        Ok(file) => Some(file),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(source) => return Err(MirrorError::file("read", &path, source)),
    };
    let lines = file.into_iter().flat_map(|file| BufReader::new(file).lines());
    Ok(lines.map(move |line| {
        let line = line.map_err(|source| MirrorError::file("read", &path, source))?;
        let line = serde_json::from_str(&line);
        line.map_err(|error| MirrorError::Record { path: path.clone(), reason: error.to_string() })
    }))
}
