//! Whose the state bucket is, as `init` learned it: every later call names this account, so that a bucket which somebody
//! else made under the same name is refused by S3. And whether the state there is encrypted with a key of the user's, which
//! nobody records: without it, later commands must not go on as if there were none.
//!
//! It lies beside Terraform's record in a file of its own, since Terraform drops fields that it does not know.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use foundation::AccountId;
use serde::{Deserialize, Serialize};
use terraform::Diagnostic;

use super::record;
use crate::environment::Environment;
use crate::error::CliError;

const NAME: &str = "underpin.json";

/// What is noted of the state's bucket.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Note {
    bucket: String,
    #[serde(default)]
    expected_bucket_owner: Option<AccountId>,
    #[serde(default)]
    sse_customer_key: bool,
}

/// The recorded owner of `bucket`; `None` where none is recorded, or for another bucket.
///
/// # Errors
/// A note that cannot be read.
pub(crate) fn load(environment: &Environment, bucket: &str) -> Result<Option<AccountId>, CliError> {
    Ok(noted(environment, bucket)?.expected_bucket_owner)
}

/// Whether the state in `bucket` is encrypted with a key of the user's (`sse_customer_key`).
///
/// # Errors
/// A note that cannot be read.
pub(crate) fn needs_customer_key(environment: &Environment, bucket: &str) -> Result<bool, CliError> {
    Ok(noted(environment, bucket)?.sse_customer_key)
}

/// What is noted of `bucket`; nothing where there is no note, or one of another bucket.
fn noted(environment: &Environment, bucket: &str) -> Result<Note, CliError> {
    let path = path(environment);
    let Some(bytes) = record::bytes(&path)? else { return Ok(Note::default()) };
    let note: Note = serde_json::from_slice(&bytes).map_err(|error| unreadable(&path, &error))?;
    Ok(if note.bucket == bucket { note } else { Note::default() })
}

fn unreadable(path: &Path, error: &serde_json::Error) -> CliError {
    let detail = format!("{} does not say whose the state bucket is: {error}.", path.display());
    let finding = Diagnostic::error("The record of the state bucket cannot be read", detail);
    CliError::from(finding.hint("write it anew: underpin init -reconfigure -backend-config=FILE"))
}

/// Records the owner of `bucket`, or that it is not known, and whether the state needs a key of the user's.
///
/// # Errors
/// The file cannot be written or removed.
pub(crate) fn save(
    environment: &Environment,
    bucket: &str,
    owner: Option<&AccountId>,
    customer_key: bool,
) -> Result<(), CliError> {
    let path = path(environment);
    if owner.is_none() && !customer_key {
        return match fs::remove_file(&path) {
            Err(source) if source.kind() != ErrorKind::NotFound => {
                Err(CliError::File { action: "remove", path, source })
            }
            _ => Ok(()),
        };
    }
    let note = Note {
        bucket: bucket.to_owned(),
        expected_bucket_owner: owner.cloned(),
        sse_customer_key: customer_key,
    };
    let text = serde_json::to_string(&note).map_err(|error| CliError::Internal(error.to_string()))?;
    record::write_beside(environment, NAME, format!("{text}\n").as_bytes())
}

fn path(environment: &Environment) -> PathBuf {
    environment.data_directory().join(NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_that_of_its_bucket_only() {
        let directory = tempfile::tempdir().unwrap();
        let environment = Environment::from([("TF_DATA_DIR", directory.path().to_str().unwrap())]);
        let owner: AccountId = "123456789012".parse().unwrap();
        let load = |bucket: &str| super::load(&environment, bucket).unwrap();
        let needs_key = |bucket: &str| needs_customer_key(&environment, bucket).unwrap();
        assert_eq!(load("b"), None);
        save(&environment, "b", Some(&owner), false).unwrap();
        assert_eq!(load("b"), Some(owner));
        assert_eq!(load("c"), None);
        assert!(!needs_key("b"));
        save(&environment, "b", None, true).unwrap();
        assert_eq!(load("b"), None);
        assert!(needs_key("b") && !needs_key("c"));
        save(&environment, "b", None, false).unwrap();
        assert!(!needs_key("b"));
        for wrong in
            ["", "{", "{}", r#"{"bucket":"b","x":1}"#, r#"{"bucket":"b","expected_bucket_owner":"1"}"#]
        {
            fs::write(path(&environment), wrong).unwrap();
            assert!(super::load(&environment, "b").is_err(), "{wrong}");
        }
    }
}
