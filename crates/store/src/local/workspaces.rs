//! The workspaces of the local backend: directories, in each of which a state may be.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use engine::StoreError;
use terraform::backend::DEFAULT_WORKSPACE;

use super::{failed, remove};

/// The state of a workspace.
const STATE: &str = "terraform.tfstate";

/// How the names of its backups begin, and what is in them.
const BACKUPS: ([&str; 2], &str) = (["terraform.tfstate.", ".terraform.tfstate."], "backup");

/// The directory with the workspaces.
#[derive(Clone, Debug)]
pub struct Workspaces {
    directory: PathBuf,
}

impl Workspaces {
    /// Those below `directory`, which need not be there.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    /// Their names, sorted after the default one, which is always there.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub fn list(&self) -> Result<Vec<String>, StoreError> {
        let mut names = Vec::new();
        match fs::read_dir(&self.directory) {
            Ok(entries) => {
                for entry in entries {
                    let entry = entry.map_err(failed(&self.directory))?;
                    if entry.path().is_dir() {
                        names.extend(entry.file_name().into_string().ok());
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&self.directory)(error)),
        }
        names.retain(|name| name != DEFAULT_WORKSPACE);
        names.sort();
        names.insert(0, DEFAULT_WORKSPACE.to_owned());
        Ok(names)
    }

    /// Makes one without a state.
    ///
    /// # Errors
    /// The directory cannot be made.
    pub fn create(&self, name: &str) -> Result<(), StoreError> {
        let directory = self.directory.join(name);
        fs::create_dir_all(&directory).map_err(failed(&directory))
    }

    /// Removes the backups of one whose state was removed: under the lock of that state. A state that is there is of a
    /// later run and stays, unless `is_ours` says that it is the empty file that the caller has locked.
    ///
    /// # Errors
    /// A file cannot be removed.
    pub fn clear(&self, name: &str, is_ours: bool) -> Result<(), StoreError> {
        let directory = self.directory.join(name);
        let state = directory.join(STATE);
        if is_ours && fs::metadata(&state).is_ok_and(|state| state.len() == 0) {
            remove(&state)?;
        }
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(&directory)(error)),
        };
        for entry in entries {
            let path = entry.map_err(failed(&directory))?.path();
            if is_backup(&path) {
                remove(&path)?;
            }
        }
        Ok(())
    }

    /// Removes one that holds nothing any more.
    ///
    /// # Errors
    /// The directory holds files, those of a run that has begun meanwhile among them, or cannot be removed.
    pub fn remove(&self, name: &str) -> Result<(), StoreError> {
        let directory = self.directory.join(name);
        match fs::remove_dir(&directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&directory)(error)),
            _ => Ok(()),
        }
    }
}

fn is_backup(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let (starts, part) = BACKUPS;
    path.is_file() && name.contains(part) && starts.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_is_a_directory() {
        let directory = tempfile::tempdir().unwrap();
        let workspaces = Workspaces::new(directory.path().join("terraform.tfstate.d"));
        assert_eq!(workspaces.list().unwrap(), ["default"]);
        for name in ["w2", "w1", "w2"] {
            workspaces.create(name).unwrap();
        }
        assert_eq!(workspaces.list().unwrap(), ["default", "w1", "w2"]);
        let inside = workspaces.directory.join("w1");
        for file in
            ["terraform.tfstate", "terraform.tfstate.1.backup", ".terraform.tfstate.backup.new", "notes"]
        {
            fs::write(inside.join(file), "").unwrap();
        }
        workspaces.clear("w1", true).unwrap();
        assert_eq!(fs::read_dir(&inside).unwrap().count(), 1);
        assert!(workspaces.remove("w1").is_err());
        fs::remove_file(inside.join("notes")).unwrap();
        for _ in 0..2 {
            workspaces.clear("w1", true).unwrap();
            workspaces.remove("w1").unwrap();
        }
        assert_eq!(workspaces.list().unwrap(), ["default", "w2"]);
    }

    #[test]
    fn the_files_of_a_run_that_has_begun_meanwhile_stay() {
        let directory = tempfile::tempdir().unwrap();
        let workspaces = Workspaces::new(directory.path());
        workspaces.create("w1").unwrap();
        let inside = directory.path().join("w1");
        let files = ["terraform.tfstate", ".terraform.tfstate.lock.info", ".terraform.tfstate.new"];
        for (is_ours, text) in [(false, ""), (false, "{}"), (true, "{}")] {
            for file in files {
                fs::write(inside.join(file), text).unwrap();
            }
            workspaces.clear("w1", is_ours).unwrap();
            assert!(workspaces.remove("w1").is_err());
            assert!(files.iter().all(|file| inside.join(file).exists()), "{is_ours} {text}");
        }
    }
}
