//! Why a command fails: every error of the crates below, and what a person can do about it.

mod advice;
mod client;
pub(crate) mod cloud;
mod credentials;
mod file;
pub(crate) mod lock;
mod store;

use std::io;
use std::path::PathBuf;

use aws::clients::ClientError;
use engine::{CloudError, Goal, LockError, PlanFileError, ReadFailure, SessionError, StoreError};
use terraform::{Address, Diagnostic};

pub(crate) use store::store as store_finding;

/// A command that failed. Decided on types and codes, never on message text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// A flag, an argument, or what a command finds in a file or a state: one finding.
    #[error("{}", .0.summary)]
    Usage(Box<Diagnostic>),
    /// The settings, the backend configuration, or objects in the way: all findings at once.
    #[error("the configuration is not usable")]
    Config(Vec<Diagnostic>),
    /// A call to AWS.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// How AWS is to be reached.
    #[error(transparent)]
    Client(#[from] ClientError),
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
        /// What it is for, as far as it could be read.
        goal: Option<Goal>,
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
pub(crate) struct Circumstances {
    /// The command: `apply`.
    pub command: String,
    /// The profile in use, from the backend or `AWS_PROFILE`.
    pub profile: Option<String>,
    /// The MFA device that the profile in use asks for.
    pub mfa_serial: Option<String>,
    /// The source of credentials that is set up, where that is known.
    pub source: Option<Source>,
    /// The region in use.
    pub region: Option<String>,
    /// The region of the foundation, where that is known.
    pub aws_region: Option<String>,
    /// `AWS_ENDPOINT_URL`, when calls do not go to AWS itself.
    pub endpoint: Option<String>,
    /// Where the backend says that its store is, when that is not S3 itself.
    pub state_endpoint: Option<String>,
    /// The variable that names a proxy, when one does: `HTTPS_PROXY`.
    pub proxy: Option<&'static str>,
}

/// A source of credentials that somebody set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// One key of the pair in the environment.
    Half {
        /// The variable that is set.
        set: &'static str,
        /// The one that is not.
        unset: &'static str,
    },
    /// A token in a file, for a role.
    WebIdentity,
    /// The profile's program.
    Process,
    /// The profile's single sign-on, or its role.
    SignOn,
    /// A profile that has none.
    Empty,
}

impl CliError {
    /// What a person has to know, one finding for each thing to do.
    pub(crate) fn findings(&self, circumstances: &Circumstances) -> Vec<Diagnostic> {
        match self {
            Self::Usage(finding) => vec![finding.as_ref().clone()],
            Self::Config(findings) => findings.clone(),
            Self::Cloud(error) => vec![cloud::finding(error, circumstances)],
            Self::Client(error) => vec![client::finding(error)],
            Self::Refresh(failures) => unreadable(failures, circumstances),
            Self::Session(error) => vec![store::session(error, circumstances)],
            Self::PlanFile { path, goal, source } => vec![file::plan(path, *goal, source)],
            Self::File { action, path, source } => vec![file::finding(action, path, source)],
            Self::Interrupted => vec![
                Diagnostic::error("Interrupted", "Nothing was begun, and nothing was changed.")
                    .hint(circumstances.again()),
            ],
            Self::Internal(what) => vec![
                Diagnostic::error("A bug in underpin", format!("This should never happen: {what}."))
                    .hint("report it with the command and this text; what was done is recorded in the state"),
            ],
            Self::Cancelled(_) | Self::Told => Vec::new(),
        }
    }
}

impl Circumstances {
    /// The command to type once more.
    pub(crate) fn again(&self) -> String {
        if self.command.is_empty() { "try again".to_owned() } else { format!("underpin {}", self.command) }
    }
}

/// Failed reads, one finding for those that failed alike.
fn unreadable(failures: &[ReadFailure], circumstances: &Circumstances) -> Vec<Diagnostic> {
    let all = failures.iter().map(|failure| (&failure.address, &failure.error));
    cloud::grouped(all)
        .into_iter()
        .map(|(addresses, error)| cloud::finding(error, circumstances).about(listed(&addresses)))
        .collect()
}

/// Up to three addresses, and how many more.
pub(crate) fn listed(addresses: &[&Address]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = addresses.iter().take(SHOWN).map(|address| address.to_string()).collect();
    match addresses.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

impl From<Diagnostic> for CliError {
    fn from(finding: Diagnostic) -> Self {
        Self::Usage(Box::new(finding))
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
