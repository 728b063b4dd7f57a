//! Whose the state bucket is, as `init` learned it: every later call names this account, so that a bucket which somebody
//! else made under the same name is refused by S3. And whether the state there is encrypted with a key of the user's, which
//! nobody records: without it, later commands must not go on as if there were none.
//!
//! It lies beside Terraform's record in a file of its own, since Terraform drops fields that it does not know.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use foundation::AccountId;
use serde_json::{Value, json};
use terraform::tfvars::FILE_LIMIT;

use super::record;
use crate::environment::Environment;
use crate::error::CliError;
use crate::input;

const NAME: &str = "underpin.json";

/// The recorded owner of `bucket`; `None` where none is recorded, or for another bucket.
pub fn load(environment: &Environment, bucket: &str) -> Option<AccountId> {
    noted(environment, bucket, "expected_bucket_owner")?.as_str()?.parse().ok()
}

/// Whether the state in `bucket` is encrypted with a key of the user's (`sse_customer_key`).
pub fn needs_customer_key(environment: &Environment, bucket: &str) -> bool {
    noted(environment, bucket, "sse_customer_key") == Some(Value::Bool(true))
}

/// What is noted of `bucket` under a name.
fn noted(environment: &Environment, bucket: &str, name: &str) -> Option<Value> {
    let mut record: Value =
        serde_json::from_slice(&input::file(&path(environment), FILE_LIMIT).ok()?).ok()?;
    let named = record.get("bucket").and_then(Value::as_str) == Some(bucket);
    record.get_mut(name).filter(|_| named).map(Value::take)
}

/// Records the owner of `bucket`, or that it is not known, and whether the state needs a key of the user's.
///
/// # Errors
/// The file cannot be written or removed.
pub fn save(
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
    let record = json!({
        "bucket": bucket,
        "expected_bucket_owner": owner.map(AccountId::as_str),
        "sse_customer_key": customer_key,
    });
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
        save(&environment, "b", Some(&owner), false).unwrap();
        assert_eq!(load(&environment, "b"), Some(owner));
        assert_eq!(load(&environment, "c"), None);
        assert!(!needs_customer_key(&environment, "b"));
        save(&environment, "b", None, true).unwrap();
        assert_eq!(load(&environment, "b"), None);
        assert!(needs_customer_key(&environment, "b") && !needs_customer_key(&environment, "c"));
        save(&environment, "b", None, false).unwrap();
        assert!(!needs_customer_key(&environment, "b"));
    }
}
