//! The corpus of the fuzz targets, as it is and with seeded changes, through the functions that the targets call.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first thing that is not as expected"
)]

#[path = "../../../fuzz/src/lib.rs"]
mod fuzz;

use std::fs;
use std::path::{Path, PathBuf};

use fastrand::Rng;

/// How often each file of a corpus is changed.
const CHANGES: usize = 300;

/// Where the sequence of changes begins; any other number gives another sequence.
const SEED: u64 = 0x005e_ed0f_ca5e;

/// The longest text that changes make.
const LONGEST: usize = 4096;

type Target = fn(&[u8]);

#[test]
fn tfvars() {
    replay("tfvars", fuzz::tfvars);
}

#[test]
fn backend() {
    replay("backend", fuzz::backend);
}

#[test]
fn state() {
    replay("state", fuzz::state);
}

#[test]
fn lock() {
    replay("lock", fuzz::lock);
}

/// Runs `target` on every file of its corpus, then on changes of them that are the same each time.
fn replay(name: &str, target: Target) {
    let files = corpus(name);
    assert!(files.len() >= 20, "only {} files in the corpus of {name}", files.len());
    let mut random = Rng::with_seed(SEED);
    for (path, bytes) in &files {
        run(target, bytes, path, None);
        for change in 0..CHANGES {
            let other = &files[random.usize(..files.len())].1;
            run(target, &changed(bytes, other, &mut random), path, Some(change));
        }
    }
}

/// Says on which bytes it failed, as they are nowhere else.
fn run(target: Target, bytes: &[u8], path: &Path, change: Option<usize>) {
    let outcome = std::panic::catch_unwind(|| target(bytes));
    assert!(outcome.is_ok(), "{}, change {change:?}:\n{}", path.display(), bytes.escape_ascii());
}

fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
    let mut paths: Vec<PathBuf> =
        fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

/// `bytes` with one to eight changes, some of them pieces of `other`.
fn changed(bytes: &[u8], other: &[u8], random: &mut Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.usize(..8) {
        let at = random.usize(..=bytes.len());
        let end = (at + random.usize(..16)).min(bytes.len());
        let from = random.usize(..=other.len());
        let piece = &other[from..(from + random.usize(..32)).min(other.len())];
        match random.usize(..6) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.insert(at, random.u8(..)),
            2 => bytes.truncate(at),
            3 => drop(bytes.splice(at..end, piece.iter().copied())),
            4 => {
                let copy = bytes[at..end].repeat(1 + random.usize(..80));
                drop(bytes.splice(at..at, copy));
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.usize(..8);
                }
            }
        }
    }
    bytes.truncate(LONGEST);
    bytes
}
