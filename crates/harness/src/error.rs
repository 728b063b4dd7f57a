//! What can go wrong before a test has even begun.

use std::path::PathBuf;

/// Why the surroundings of a test could not be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A tool is not where `cargo xtask setup` puts it.
    #[error("`{}` is missing: run `cargo xtask setup`", .path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// An emulator ended before it answered, or never answered.
    #[error("`{name}` did not answer on {address}: {reason}")]
    NotReady {
        /// The emulator.
        name: &'static str,
        /// Where it should listen.
        address: String,
        /// What was seen instead, with the tail of its output.
        reason: String,
    },
    /// boto3 could not be asked, or did not answer in its own format.
    #[error("the boto3 process: {reason}")]
    Boto3 {
        /// What was seen.
        reason: String,
    },
    /// What was written down could not be held against AWS's service models.
    #[error("the check against botocore's models: {reason}")]
    Models {
        /// What was seen.
        reason: String,
    },
    /// AWS, as seen by boto3, refused.
    #[error("{service} {operation}: {code}: {message}")]
    Refused {
        /// boto3's client name.
        service: String,
        /// boto3's method name.
        operation: String,
        /// The error code.
        code: String,
        /// The error text.
        message: String,
    },
    /// A program that had to end well did not.
    #[error("`{line}` {ending}:\n{printed}")]
    Program {
        /// What was run.
        line: String,
        /// How it ended.
        ending: String,
        /// What it printed.
        printed: String,
    },
    /// An answer on the wire that is not HTTP/1.
    #[error("not HTTP: {reason}")]
    NotHttp {
        /// What was seen.
        reason: String,
    },
    /// There is no key to sign a digest with.
    #[error("no key signs the digest")]
    NoKey,
    /// The operating system refused.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
