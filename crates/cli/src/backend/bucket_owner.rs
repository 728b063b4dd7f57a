//! Whose the state bucket is, as `init` learned it: every later call names this account, so that a bucket which somebody
//! else made under the same name is refused by S3.
//!
//! It lies beside Terraform's record in a file of its own, since Terraform drops fields that it does not know.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use foundation::AccountId;
use serde_json::{Value, json};

use super::record;
use crate::environment::Environment;
use crate::error::CliError;

const NAME: &str = "underpin.json";

/// The recorded owner of `bucket`; `None` where none is recorded, or for another bucket.
pub fn load(environment: &Environment, bucket: &str) -> Option<AccountId> {
    let record: Value = serde_json::from_slice(&fs::read(path(environment)).ok()?).ok()?;
    let named = record.get("bucket").and_then(Value::as_str) == Some(bucket);
    record.get("expected_bucket_owner").and_then(Value::as_str).filter(|_| named)?.parse().ok()
}

/// Records the owner of `bucket`, or that it is not known.
///
/// # Errors
/// The file cannot be written or removed.
pub fn save(environment: &Environment, bucket: &str, owner: Option<&AccountId>) -> Result<(), CliError> {
    let path = path(environment);
    let Some(owner) = owner else {
        return match fs::remove_file(&path) {
            Err(source) if source.kind() != ErrorKind::NotFound => {
                Err(CliError::File { action: "remove", path, source })
            }
            _ => Ok(()),
        };
    };
    let record = json!({"bucket": bucket, "expected_bucket_owner": owner.as_str()});
    record::write_beside(environment, NAME, format!("{record}\n").as_bytes())
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
        assert_eq!(load(&environment, "b"), None);
        save(&environment, "b", Some(&owner)).unwrap();
        assert_eq!(load(&environment, "b"), Some(owner));
        assert_eq!(load(&environment, "c"), None);
        save(&environment, "b", None).unwrap();
        assert_eq!(load(&environment, "b"), None);
    }
}
