//! The record of the backend that `init` leaves in `.terraform/terraform.tfstate`.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use terraform::Diagnostic;
use terraform::backend::Record;
use terraform::tfvars::FILE_LIMIT;

use crate::environment::Environment;
use crate::error::CliError;
use crate::input;
use crate::private_file;

/// Terraform's name for it.
const NAME: &str = "terraform.tfstate";

/// The record of the working directory; `None` when there is none.
///
/// # Errors
/// It cannot be read or understood.
pub(crate) fn load(environment: &Environment) -> Result<Option<Record>, CliError> {
    let path = path(environment);
    let Some(bytes) = bytes(&path)? else { return Ok(None) };
    Record::parse(&bytes).map_err(|error| {
        let detail = format!("{} does not say where the state lives: {error}.", path.display());
        let finding = Diagnostic::error("The record of the backend cannot be read", detail);
        let hint = "write it anew: underpin init -reconfigure -backend-config=FILE";
        CliError::from(finding.hint(hint))
    })
}

/// Whether there is a record, be it of no backend.
pub(crate) fn exists(environment: &Environment) -> bool {
    path(environment).symlink_metadata().is_ok()
}

/// What is in a file of the data directory; `None` when it is not there. A link that leads nowhere is there.
///
/// # Errors
/// It cannot be read.
pub(super) fn bytes(path: &Path) -> Result<Option<Vec<u8>>, CliError> {
    match input::file(path, FILE_LIMIT) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound && !path.is_symlink() => Ok(None),
        Err(source) => Err(CliError::File { action: "read", path: path.to_owned(), source }),
    }
}

/// Leaves a record, readable by its owner only.
///
/// # Errors
/// It cannot be written.
pub(crate) fn save(record: &str, environment: &Environment) -> Result<(), CliError> {
    write_beside(environment, NAME, record.as_bytes())
}

/// Writes a file of the data directory, readable by its owner only.
///
/// # Errors
/// The directory or the file cannot be made.
pub(super) fn write_beside(environment: &Environment, name: &str, bytes: &[u8]) -> Result<(), CliError> {
    let directory = environment.data_directory();
    fs::create_dir_all(&directory).map_err(|source| CliError::File {
        action: "create",
        path: directory.clone(),
        source,
    })?;
    let path = directory.join(name);
    private_file::replace(&path, bytes)
}

fn path(environment: &Environment) -> PathBuf {
    environment.data_directory().join(NAME)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use terraform::backend::Configuration;

    use super::*;

    #[test]
    fn what_is_saved_is_loaded_but_for_secrets() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let environment = Environment::from([("TF_DATA_DIR", data.to_str().unwrap())]);
        assert_eq!(load(&environment).unwrap(), None);
        let mut configuration = Configuration::default();
        for pair in ["bucket=b", "key=k", "encrypt=true", "access_key=id", "secret_key=hidden"] {
            configuration.add_pair(pair).unwrap();
        }
        let backend = configuration.validate().unwrap().backend;
        let record = configuration.to_record(&backend, &configuration);
        save(&record, &environment).unwrap();
        let loaded = load(&environment).unwrap().unwrap().configuration;
        assert_eq!(loaded.to_record(&backend, &configuration), record);
        let path = data.join("terraform.tfstate");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert!(!fs::read_to_string(&path).unwrap().contains("hidden"));
        fs::write(&path, "{}").unwrap();
        assert!(load(&environment).is_err());
    }
}
