//! What a verification has proven so far, so that one that was cut off goes on.
//!
//! Each line names, by a hash, a log, the digest's hash of it and the identity of the file or object that was read; when
//! any of the three is another, the line says nothing. Every block of lines is authenticated with a secret that only this
//! user has: whoever can write to a copy cannot make a checkpoint that this program believes.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::hmac;
use trail::Hash;

use crate::MirrorError;
use crate::folder::open;

/// A log that was proven: 24 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proven {
    name: [u8; 16],
    length: u64,
}

impl Proven {
    /// A log whose object has `stamp`, and whose content has `hash` and `length`.
    pub fn new(key: &str, stamp: u64, hash: Hash, length: u64) -> Self {
        Self { name: name(key, stamp, hash), length }
    }
}

/// A checkpoint on disk.
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    secret: hmac::Key,
    known: HashMap<[u8; 16], u64>,
    added: Vec<Proven>,
    last: Vec<u8>,
}

/// How many lines a block has at most.
const BLOCK: usize = 4096;

const LINE: usize = 24;
const TAG: usize = 32;

impl Checkpoint {
    /// Opens a checkpoint. `secret` is the file that holds this user's secret; it is made when it is not there. What
    /// cannot be believed is left out.
    ///
    /// # Errors
    /// There is no secret, and none can be made.
    pub fn open(path: &Path, secret: &Path) -> Result<Self, MirrorError> {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &own_secret(secret)?);
        let mut checkpoint = Self {
            path: path.to_owned(),
            secret,
            known: HashMap::new(),
            added: Vec::new(),
            last: Vec::new(),
        };
        let mut bytes = Vec::new();
        if let Ok(mut file) = open(path)
            && file.read_to_end(&mut bytes).is_ok()
        {
            let believed = checkpoint.load(&bytes);
            if believed < bytes.len() {
                let _ =
                    OpenOptions::new().write(true).open(path).and_then(|file| file.set_len(believed as u64));
            }
        }
        Ok(checkpoint)
    }

    /// How many logs were proven before.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether nothing was proven before.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The length of a log's content, when the log was proven before.
    pub fn length(&self, key: &str, stamp: u64, hash: Hash) -> Option<u64> {
        self.known.get(&name(key, stamp, hash)).copied()
    }

    /// Adds what was proven.
    pub fn add(&mut self, proven: Proven) {
        self.added.push(proven);
    }

    /// Writes what was added. That it cannot be written makes the next run slower, and nothing worse.
    pub fn flush(&mut self) {
        let added = std::mem::take(&mut self.added);
        if added.is_empty() {
            return;
        }
        let mut bytes = Vec::new();
        for block in added.chunks(BLOCK) {
            let mut body = u32::try_from(block.len()).unwrap_or_default().to_le_bytes().to_vec();
            for proven in block {
                body.extend_from_slice(&proven.name);
                body.extend_from_slice(&proven.length.to_le_bytes());
            }
            self.last = self.tag(&body);
            bytes.append(&mut body);
            bytes.extend_from_slice(&self.last);
        }
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path);
        let _ = file.and_then(|mut file| file.write_all(&bytes));
    }

    /// Removes it: the verification is at its end.
    pub fn remove(self) {
        let _ = std::fs::remove_file(&self.path);
    }

    /// Takes the blocks that can be believed; how many bytes these are.
    fn load(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        loop {
            let believed = bytes.len() - rest.len();
            let Some(count) = rest.first_chunk::<4>().map(|count| u32::from_le_bytes(*count)) else {
                return believed;
            };
            let length = 4 + usize::try_from(count).unwrap_or(usize::MAX).min(BLOCK) * LINE;
            let (Some(body), Some(tag)) = (rest.get(..length), rest.get(length..length + TAG)) else {
                return believed;
            };
            let expected = self.tag(body);
            if aws_lc_rs::constant_time::verify_slices_are_equal(&expected, tag).is_err() {
                return believed;
            }
            for line in body.get(4..).unwrap_or_default().chunks_exact(LINE) {
                if let (Some(name), Some(length)) = (line.first_chunk::<16>(), line.last_chunk::<8>()) {
                    self.known.insert(*name, u64::from_le_bytes(*length));
                }
            }
            self.last = expected;
            rest = rest.get(length + TAG..).unwrap_or_default();
        }
    }

    /// A block's tag covers the block before it, so that none can be taken out.
    fn tag(&self, body: &[u8]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.secret);
        context.update(&self.last);
        context.update(body);
        context.sign().as_ref().to_vec()
    }
}

fn name(key: &str, stamp: u64, hash: Hash) -> [u8; 16] {
    let hash = Hash::of(format!("{stamp:x} {hash} {key}").as_bytes());
    hash.bytes().first_chunk().copied().unwrap_or_default()
}

fn own_secret(path: &Path) -> Result<Vec<u8>, MirrorError> {
    let fail = |source| MirrorError::file("write", path, source);
    if let Ok(mut file) = open(path) {
        let mut secret = Vec::new();
        if file.read_to_end(&mut secret).is_ok() && secret.len() == TAG {
            return Ok(secret);
        }
    }
    let mut secret = vec![0; TAG];
    aws_lc_rs::rand::fill(&mut secret).map_err(|_| fail(std::io::ErrorKind::Other.into()))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fail)?;
    }
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(&secret)).map_err(fail)?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_user_wrote_about_these_very_files_is_believed() {
        let directory = tempfile::tempdir().unwrap();
        let (path, secret) = (directory.path().join("checkpoint"), directory.path().join("secret"));
        let hash = Hash::of(b"content");
        for (number, key) in ["a", "b"].into_iter().enumerate() {
            let mut checkpoint = Checkpoint::open(&path, &secret).unwrap();
            assert_eq!(checkpoint.len(), number);
            checkpoint.add(Proven::new(key, 5, hash, 7));
            checkpoint.flush();
        }
        let known = Checkpoint::open(&path, &secret).unwrap();
        assert_eq!(known.length("a", 5, hash), Some(7));
        assert_eq!(known.length("a", 6, hash), None);
        assert_eq!(known.length("c", 5, hash), None);
        assert_eq!(known.length("a", 5, Hash::of(b"other")), None);

        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            let known = Checkpoint::open(&path, &secret).unwrap();
            assert_eq!(known.len(), usize::from(at >= whole.len() / 2), "byte {at}");
        }
        std::fs::write(&path, &whole[whole.len() / 2..]).unwrap();
        assert_eq!(Checkpoint::open(&path, &secret).unwrap().len(), 0);
        std::fs::write(&path, &whole).unwrap();
        std::fs::remove_file(&secret).unwrap();
        assert_eq!(Checkpoint::open(&path, &secret).unwrap().len(), 0);
    }
}
