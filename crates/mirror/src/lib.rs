//! A copy of a trail's bucket on disk: what is kept of it, and how it is read on all cores.
//!
//! The objects lie as `aws s3 sync` lays them; what a sync loses (versions, metadata, public keys, what AWS said of the
//! trail) lies in the folder `.underpin` beside them. Keys are names that strangers may have chosen: one that is not of
//! CloudTrail's form never becomes a path.

mod checkpoint;
mod description;
mod folder;
mod listing;
mod reading;
mod run;

pub use checkpoint::{Checkpoint, Proven};
pub use description::Description;
pub use folder::{Folder, Stored};
pub use listing::{Line, Listing, lines};
pub use reading::{Mirror, Opening};
pub use run::{Watch, run};

use std::path::PathBuf;

/// A copy that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// A file or folder of it.
    #[error("cannot {action} `{}`", path.display())]
    File {
        /// What was to be done.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// A record of ours that is not as we write it.
    #[error("`{}` is not as underpin writes it: {reason}", path.display())]
    Record {
        /// Where.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A folder without logs.
    #[error("there is no folder `AWSLogs` in `{}`", path.display())]
    NoTrail {
        /// Where.
        path: PathBuf,
    },
    /// A copy that was not finished.
    #[error("the copy in `{}` is not complete", path.display())]
    Incomplete {
        /// Where.
        path: PathBuf,
    },
}

impl MirrorError {
    fn file(action: &'static str, path: &std::path::Path, source: std::io::Error) -> Self {
        Self::File { action, path: path.to_owned(), source }
    }
}
