//! Why a command fails: every error of the crates below, and what a person can do about it.

use std::io;
use std::path::PathBuf;

use engine::{CloudError, LockError, PlanFileError, ReadFailure, SessionError, StoreError};
use terraform::Diagnostic;

use crate::views::Palette;

/// A command that failed. Decided on types and codes, never on message text.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A flag, an argument, or a combination of them: one finding.
    #[error("{}", .0.summary)]
    Usage(Box<Diagnostic>),
    /// The settings, the backend configuration, or objects in the way: all findings at once.
    #[error("the configuration is not usable")]
    Config(Vec<Diagnostic>),
    /// A call to AWS.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// Reads of a refresh.
    #[error("what there is in AWS cannot be read")]
    Refresh(Vec<ReadFailure>),
    /// Lock, store or content of the state.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// A saved plan.
    #[error("{path}: {source}")]
    PlanFile {
        /// As the user named it.
        path: String,
        /// Why it cannot be used.
        source: PlanFileError,
    },
    /// A file of the user's or of ours.
    #[error("{}: {source}", path.display())]
    File {
        /// What was to be done: `read`, `write`, `create`.
        action: &'static str,
        /// Which.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The user did not approve: `Apply`, `Destroy`.
    #[error("{0} cancelled")]
    Cancelled(&'static str),
    /// Ctrl-C before anything was begun.
    #[error("interrupted")]
    Interrupted,
    /// The program contradicts itself.
    #[error("internal error: {0}")]
    Internal(String),
    /// All has been told already; only the exit status is left.
    #[error("failed")]
    Told,
}

/// What a command knows about where it runs, for the hints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The command: `apply`.
    pub command: String,
    /// The profile in use, from the backend or `AWS_PROFILE`.
    pub profile: Option<String>,
    /// The region in use.
    pub region: Option<String>,
    /// `AWS_ENDPOINT_URL` or the like, when calls do not go to AWS itself.
    pub endpoint: Option<String>,
}

impl CliError {
    /// The error as text for stderr; empty when all has been told. Ends with a newline.
    pub fn render(&self, _circumstances: &Circumstances, _palette: Palette, _width: Option<usize>) -> String {
        String::new()
    }
}

impl From<Vec<Diagnostic>> for CliError {
    fn from(findings: Vec<Diagnostic>) -> Self {
        Self::Config(findings)
    }
}

impl From<Vec<ReadFailure>> for CliError {
    fn from(failures: Vec<ReadFailure>) -> Self {
        Self::Refresh(failures)
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self::Session(SessionError::Store(error))
    }
}

impl From<LockError> for CliError {
    fn from(error: LockError) -> Self {
        Self::Session(SessionError::Lock(error))
    }
}
