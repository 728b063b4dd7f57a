//! Changes of the state by hand, under its lock.

use std::io;
use std::path::{Path, PathBuf};

use engine::LockOptions;
use engine::observation::managed;
use foundation::addresses;
use terraform::backend::Backend as Kind;
use terraform::state::STATE_LIMIT;
use terraform::{Address, Diagnostic, State};
use time::OffsetDateTime;

use super::lock::{Locking, locked};
use crate::backend::Backend;
use crate::context::Context;
use crate::error::CliError;
use crate::input;
use crate::interrupts::Interrupts;
use crate::private_file;
use crate::runtime;

/// How a state is edited.
#[derive(Clone, Debug)]
pub(crate) struct EditOptions {
    /// How to lock.
    pub lock: LockOptions,
    /// Whether to show only.
    pub dry_run: bool,
    /// Where to keep the state as it was.
    pub backup: Option<PathBuf>,
}

/// Locks the state, changes it, and writes it if anything is different then. Answers what `change` answers.
///
/// # Errors
/// A backup that is there already, no state, the store, those of `change`, and a state that would have lost its identity.
pub(crate) fn edit<T>(
    operation: &'static str,
    options: &EditOptions,
    context: &Context,
    change: impl FnOnce(&mut State) -> Result<T, CliError>,
) -> Result<T, CliError> {
    if let Some(path) = options.backup.as_deref().filter(|path| path.symlink_metadata().is_ok()) {
        return Err(occupied(path));
    }
    let backend = Backend::load(context)?;
    let remote_backup = options.backup.as_deref().filter(|_| backend.bucket().is_some());
    let backup = options.backup.clone().or_else(|| default_backup(&backend));
    let backend = match backup {
        Some(path) => backend.backing_up(path),
        None => backend,
    };
    runtime::block_on(async {
        let interrupts = Interrupts::listen()?;
        let locking = Locking::of(&backend, options.lock, operation, &interrupts, &context.terminal).await?;
        locked(locking, async |session| {
            if session.version.is_none() {
                return Err(no_state());
            }
            let mut state = session.state.clone();
            let answer = change(&mut state)?;
            if options.dry_run || state.same_content(&session.state) {
                return Ok(answer);
            }
            keeps_identity(
                &session.state,
                &state,
                "remove or move everything else first; the addresses are listed by: underpin state list",
            )?;
            if let Some(path) = remote_backup {
                private_file::create(path, &session.state.to_bytes())?;
            }
            state.serial += 1;
            session.write(state).await?;
            Ok(answer)
        })
        .await
    })
}

/// There is nothing to edit, or to show.
pub(crate) fn no_state() -> CliError {
    let detail = "There is no state yet: nothing has been applied here.";
    CliError::from(
        Diagnostic::error("No state file was found", detail)
            .hint("run underpin apply, or underpin init with the backend that holds the state"),
    )
}

/// A backup would be written over what is there.
fn occupied(path: &Path) -> CliError {
    let detail = format!(
        "{} exists, and a backup is never written over anything. Nothing was changed.",
        path.display()
    );
    CliError::from(
        Diagnostic::error("The file for the backup exists", detail)
            .hint("name one that does not exist yet, or leave -backup out"),
    )
}

/// `terraform.tfstate.1764000000.backup`, as Terraform names it, but never a file that is there; none for a state in S3.
fn default_backup(backend: &Backend) -> Option<PathBuf> {
    let Kind::Local(local) = backend.kind() else { return None };
    Some(free_backup(&local.state_path(backend.workspace())))
}

/// The name of a backup of a state file that is not there yet.
pub(crate) fn free_backup(state: &str) -> PathBuf {
    let mut second = OffsetDateTime::now_utc().unix_timestamp();
    loop {
        let path = PathBuf::from(format!("{state}.{second}.backup"));
        if !path.exists() {
            return path;
        }
        second += 1;
    }
}

/// Refuses a change after which the foundation would still be recorded, but not by which identity it is found. `hint` says
/// what to do instead.
///
/// # Errors
/// Such a change.
pub(crate) fn keeps_identity(before: &State, after: &State, hint: &str) -> Result<(), CliError> {
    let record = addresses::deployment();
    let has_identity = |state: &State| managed(state).any(|address| address == record);
    let left: Vec<Address> = managed(after).collect();
    if !has_identity(before) || has_identity(after) || left.is_empty() {
        return Ok(());
    }
    let detail = format!(
        "{record} holds the identity by which underpin knows what it has made. Without it the state would still hold \
         {}, and the next apply would take all of it for somebody else's. The state was left as it is.",
        crate::error::listed(&left.iter().collect::<Vec<_>>())
    );
    Err(CliError::from(Diagnostic::error("The identity of the foundation would be lost", detail).hint(hint)))
}

/// Reads a state file; `-` is the standard input.
///
/// # Errors
/// It cannot be read, or holds no state.
pub(crate) fn read_state(path: &Path) -> Result<State, CliError> {
    let bytes = match path.as_os_str() == "-" {
        true => input::bytes(io::stdin().lock(), STATE_LIMIT),
        false => input::file(path, STATE_LIMIT),
    };
    let bytes = bytes.map_err(|source| CliError::File { action: "read", path: path.to_owned(), source })?;
    State::parse(&bytes).map_err(|error| {
        let detail = format!("{}: {error}. Nothing was written.", path.display());
        CliError::from(Diagnostic::error("Error reading the source state", detail))
    })
}
