//! The local backend: a state file, locked and written as Terraform locks and writes it.
//!
//! The lock is a POSIX record lock over the whole state file, which `flock` does not see. A process loses it as soon as
//! it closes *any* descriptor of that file, so while it is held everything goes through the one descriptor that took it.
//! The file is written in place: a rename would leave the lock on a file that has no name any more.
//!
//! INVARIANT: at every instant one whole state is on the disk. The new bytes are first written and synced beside the
//! state (`.NAME.new`, where a full disk shows), then in place, then the copy is removed. A state that is empty or cut
//! off beside such a copy is one whose writer was killed in between: the copy is the state.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use engine::holder::Life;
use engine::{HeldLock, LockError, StateStore, StoreError, Stored, Takeover, Version};
use rustix::fs::{FlockOperation, fcntl_lock};
use terraform::lock::LockInfo;

mod content;
mod workspaces;

use self::content::{Change, back_up, current, failed, is_whole, read_all, remove, replace, version};
pub use self::workspaces::Workspaces;

#[cfg(test)]
mod tests;

/// What Terraform prints for a record lock that somebody else holds.
const HELD: &str = "resource temporarily unavailable";

/// How often the lock is tried on a file that its last holder removes meanwhile.
const REMOVED_TRIES: usize = 16;

/// A state in a file. One value serves one run, and one process has one value for one file.
#[derive(Clone, Debug)]
pub struct LocalStore {
    path: PathBuf,
    backup: Option<PathBuf>,
    run: Arc<Mutex<Run>>,
}

/// What a run has done so far.
#[derive(Debug, Default)]
struct Run {
    held: Option<Held>,
    backed_up: bool,
}

/// The lock, which lives as long as the descriptor.
#[derive(Debug)]
struct Held {
    file: File,
    info: LockInfo,
    created: bool,
}

/// The names of a state's files.
#[derive(Clone, Debug)]
struct Paths {
    state: PathBuf,
    lock_info: PathBuf,
    backup: PathBuf,
    backup_copy: PathBuf,
    copy: PathBuf,
}

impl LocalStore {
    /// A store at `path`, as the user wrote it. Nothing is opened yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), backup: None, run: Arc::default() }
    }

    /// The same store, which keeps what a run finds in `backup` instead of beside the state.
    #[must_use]
    pub fn with_backup(self, backup: impl Into<PathBuf>) -> Self {
        Self { backup: Some(backup.into()), ..self }
    }

    /// The files of this store.
    fn paths(&self) -> Paths {
        let paths = Paths::of(&self.path);
        match &self.backup {
            Some(backup) => Paths { backup: backup.clone(), backup_copy: beside(backup), ..paths },
            None => paths,
        }
    }

    /// Runs file operations, which block, beside the others.
    async fn blocking<T, E>(
        &self,
        operation: impl FnOnce(&Paths, &mut Run) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let run = Arc::clone(&self.run);
        let paths = self.paths();
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || {
            let mut run = run.lock().unwrap_or_else(PoisonError::into_inner);
            operation(&paths, &mut run)
        })
        .await
        .map_err(|error| failed(&path)(io::Error::other(error)))?
    }
}

#[async_trait]
impl StateStore for LocalStore {
    fn describe(&self) -> String {
        self.path.display().to_string()
    }

    async fn read(&self) -> Result<Option<Stored>, StoreError> {
        self.blocking(|paths, run| {
            let bytes = match &mut run.held {
                Some(held) => current(paths, &mut held.file, held.created)?,
                None => match File::open(&paths.state) {
                    Ok(mut file) => current(paths, &mut file, false)?,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
                    Err(error) => return Err(failed(&paths.state)(error)),
                },
            };
            Ok(version(&bytes).map(|version| Stored { bytes, version }))
        })
        .await
    }

    async fn write(&self, bytes: &[u8], replaces: Option<&Version>) -> Result<Version, StoreError> {
        let bytes = bytes.to_vec();
        let replaces = replaces.cloned();
        self.blocking(move |paths, run| match &mut run.held {
            Some(held) => {
                let created = held.created;
                let version =
                    replace(paths, &mut held.file, &mut run.backed_up, &Change { bytes, replaces, created })?;
                held.created = false;
                Ok(version)
            }
            None => {
                let (mut file, created) = open(&paths.state)?;
                let written =
                    replace(paths, &mut file, &mut run.backed_up, &Change { bytes, replaces, created });
                if created && written.is_err() {
                    remove_unwritten(paths, &file)?;
                }
                written
            }
        })
        .await
    }

    async fn remove(&self, replaces: &Version) -> Result<(), StoreError> {
        let replaces = replaces.clone();
        self.blocking(move |paths, run| {
            let mut opened;
            let file = match &mut run.held {
                Some(held) => &mut held.file,
                None => {
                    opened = File::open(&paths.state).map_err(failed(&paths.state))?;
                    &mut opened
                }
            };
            let old = current(paths, file, false)?;
            if version(&old).as_ref() != Some(&replaces) {
                return Err(StoreError::Moved);
            }
            back_up(paths, &old, &mut run.backed_up)?;
            remove(&paths.state)?;
            remove(&paths.copy)
        })
        .await
    }

    async fn lock(&self, info: &LockInfo) -> Result<Option<Takeover>, LockError> {
        let info = info.clone();
        self.blocking(move |paths, run| {
            if let Some(held) = &run.held {
                return Err(LockError::Held {
                    holder: Some(Box::new(held.info.clone())),
                    life: Life::Alive,
                    message: HELD.to_owned(),
                });
            }
            let (file, created) = open_locked(paths)?;
            let mut held = Held { file, info, created };
            match settle(paths, &mut held).and_then(|()| write_lock_info(&paths.lock_info, &held.info)) {
                Ok(()) => {
                    run.held = Some(held);
                    Ok(None)
                }
                Err(error) => {
                    release(paths, held)?;
                    Err(error.into())
                }
            }
        })
        .await
    }

    /// The system ends the lock with the process.
    fn is_leased(&self) -> bool {
        false
    }

    async fn renew(&self, _: &LockInfo) -> Result<(), StoreError> {
        Ok(())
    }

    async fn unlock(&self, info: &LockInfo) -> Result<(), StoreError> {
        let id = info.id.clone();
        self.blocking(move |paths, run| match run.held.take() {
            Some(held) if held.info.id == id => release(paths, held),
            other => {
                let holder = other.as_ref().map(|held| Box::new(held.info.clone()));
                run.held = other;
                Err(StoreError::NotHeld { id, holder })
            }
        })
        .await
    }

    async fn locks(&self) -> Result<Vec<HeldLock>, StoreError> {
        self.blocking(|paths, run| {
            let holder = match &run.held {
                Some(held) => Some(held.info.clone()),
                None if is_locked(paths)? => lock_info(paths),
                None => return Ok(Vec::new()),
            };
            let place = paths.state.display().to_string();
            Ok(vec![HeldLock { place, holder, life: Life::Alive, silence: None }])
        })
        .await
    }

    /// Removes nothing: a lock of this kind ends with the process that holds it, and with nothing else.
    async fn force_unlock(&self, id: &str) -> Result<(), StoreError> {
        match self.locks().await?.pop() {
            Some(HeldLock { place, .. }) => Err(StoreError::LockOfProcess { place }),
            None => Err(StoreError::NotHeld { id: id.to_owned(), holder: None }),
        }
    }

    fn lock_path(&self) -> String {
        self.path.display().to_string()
    }
}

impl Paths {
    fn of(state: &Path) -> Self {
        let name = state.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bare = name.strip_prefix('.').unwrap_or(&name);
        Self {
            state: state.to_owned(),
            lock_info: state.with_file_name(format!(".{bare}.lock.info")),
            backup: state.with_file_name(format!("{name}.backup")),
            backup_copy: beside(&state.with_file_name(format!("{name}.backup"))),
            copy: beside(state),
        }
    }
}

/// Where a file is written before it gets its name: `.NAME.new`.
fn beside(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    file.with_file_name(format!(".{}.new", name.strip_prefix('.').unwrap_or(&name)))
}

/// Opens a state for reading and writing, and says whether that made it.
fn open(path: &Path) -> Result<(File, bool), StoreError> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        fs::create_dir_all(directory).map_err(failed(directory))?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    match options.clone().create_new(true).open(path) {
        Ok(file) => Ok((file, true)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let file = options.create(true).truncate(false).open(path).map_err(failed(path))?;
            Ok((file, false))
        }
        Err(error) => Err(failed(path)(error)),
    }
}

/// Opens and locks. A holder that never wrote removes its empty file, so the locked file must still be the named one.
fn open_locked(paths: &Paths) -> Result<(File, bool), LockError> {
    for _ in 0..REMOVED_TRIES {
        let (file, created) = open(&paths.state)?;
        match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::ACCESS) => return Err(held_by_another(paths)),
            Err(error) => return Err(failed(&paths.state)(error.into()).into()),
        }
        let locked = file.metadata().map_err(failed(&paths.state))?;
        match fs::metadata(&paths.state) {
            Ok(named) if is_same(&named, &locked) => return Ok((file, created)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&paths.state)(error).into()),
        }
    }
    Err(held_by_another(paths))
}

fn held_by_another(paths: &Paths) -> LockError {
    let holder = lock_info(paths).map(Box::new);
    LockError::Held { holder, life: Life::Alive, message: HELD.to_owned() }
}

/// The record beside the state. It counts only while somebody holds the lock.
fn lock_info(paths: &Paths) -> Option<LockInfo> {
    LockInfo::from_json(&fs::read(&paths.lock_info).ok()?).ok()
}

/// Whether another process holds the lock: tried, and given back at once.
fn is_locked(paths: &Paths) -> Result<bool, StoreError> {
    let file = match OpenOptions::new().read(true).write(true).open(&paths.state) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed(&paths.state)(error)),
    };
    match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(false),
        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::ACCESS) => Ok(true),
        Err(error) => Err(failed(&paths.state)(error.into())),
    }
}

fn write_lock_info(path: &Path, info: &LockInfo) -> Result<(), StoreError> {
    let write = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
        file.write_all(info.to_json().as_bytes())
    };
    write().map_err(failed(path))
}

/// Gives the lock back, with the traces it left. All of it happens under the lock, and the lock ends in any case.
fn release(paths: &Paths, held: Held) -> Result<(), StoreError> {
    let record = remove(&paths.lock_info);
    let state = match held.created {
        true => remove_unwritten(paths, &held.file),
        false => Ok(()),
    };
    drop(held);
    record.and(state)
}

/// Removes a state file that was made for a write that never came, unless another has its name by now.
fn remove_unwritten(paths: &Paths, file: &File) -> Result<(), StoreError> {
    match (file.metadata(), fs::metadata(&paths.state)) {
        (Ok(state), Ok(named)) if state.len() == 0 && is_same(&state, &named) && !paths.copy.exists() => {
            remove(&paths.state)
        }
        _ => Ok(()),
    }
}

fn is_same(one: &Metadata, other: &Metadata) -> bool {
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Removes a copy that a killed writer left and that the state does not need: it would be taken for the state later.
fn settle(paths: &Paths, held: &mut Held) -> Result<(), StoreError> {
    if held.created || is_whole(&read_all(&paths.state, &mut held.file)?) {
        remove(&paths.copy)?;
    }
    Ok(())
}
