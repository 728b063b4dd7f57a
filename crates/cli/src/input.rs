//! What a person names to be read, never more of it than can be meant.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// All bytes of a file; of one that is longer than `limit` one byte more than that, so that its reader can tell.
///
/// # Errors
/// It cannot be read.
pub(crate) fn file(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    bytes(File::open(path)?, limit)
}

/// The same of what is open already.
///
/// # Errors
/// It cannot be read.
pub(crate) fn bytes(source: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
