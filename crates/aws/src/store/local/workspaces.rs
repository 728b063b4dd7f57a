//! The workspaces of the local backend: directories, in each of which a state may be.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use engine::StoreError;
use terraform::backend::DEFAULT_WORKSPACE;

use super::{failed, remove};

/// How the names of the files begin that belong to a state.
const STATE_FILES: [&str; 2] = ["terraform.tfstate", ".terraform.tfstate"];

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

    /// Removes one whose state is gone already, with the backups of that state. Files of anybody else stay, and are an
    /// error.
    ///
    /// # Errors
    /// The directory holds other files, or cannot be removed.
    pub fn remove(&self, name: &str) -> Result<(), StoreError> {
        let directory = self.directory.join(name);
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed(&directory)(error)),
        };
        for entry in entries {
            let path = entry.map_err(failed(&directory))?.path();
            if is_of_a_state(&path) {
                remove(&path)?;
            }
        }
        fs::remove_dir(&directory).map_err(failed(&directory))
    }
}

fn is_of_a_state(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    path.is_file() && STATE_FILES.iter().any(|start| name.starts_with(start))
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
            ["terraform.tfstate", "terraform.tfstate.1.backup", ".terraform.tfstate.lock.info", "notes"]
        {
            fs::write(inside.join(file), "").unwrap();
        }
        assert!(workspaces.remove("w1").is_err());
        assert_eq!(fs::read_dir(&inside).unwrap().count(), 1);
        fs::remove_file(inside.join("notes")).unwrap();
        workspaces.remove("w1").unwrap();
        workspaces.remove("w1").unwrap();
        assert_eq!(workspaces.list().unwrap(), ["default", "w2"]);
    }
}
