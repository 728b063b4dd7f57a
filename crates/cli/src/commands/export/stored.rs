//! Where the state is kept, as other modules have to be told.

use std::path::Path;

use export::StoredState;
use serde_json::{Map, Value};
use terraform::backend::{self, Record};

use crate::backend::{Backend, recorded};
use crate::context::Context;
use crate::error::CliError;

/// The recorded backend, or the state file in the working directory; `None` when there is neither.
///
/// # Errors
/// A record that cannot be used.
pub(super) fn stored(backend: &Backend, context: &Context) -> Result<Option<StoredState>, CliError> {
    let kind = match recorded(&context.environment)? {
        Some(Record { configuration, .. }) => {
            let valid = configuration.validate()?.backend;
            if let backend::Backend::S3(_) = valid {
                let arguments = configuration.to_config(valid.kind());
                return Ok(Some(StoredState::new(valid.kind(), &arguments, backend.workspace())));
            }
            valid
        }
        None if Path::new("terraform.tfstate").exists() => {
            backend::Backend::Local(backend::LocalBackend::default())
        }
        None => return Ok(None),
    };
    let backend::Backend::Local(local) = kind else { return Ok(None) };
    let arguments = Map::from_iter([
        ("path".to_owned(), Value::from(absolute(&local.path)?)),
        ("workspace_dir".to_owned(), Value::from(absolute(&local.workspace_dir)?)),
    ]);
    Ok(Some(StoredState::new(backend::Kind::Local, &arguments, backend.workspace())))
}

/// A path that means the same from any directory.
fn absolute(path: &str) -> Result<String, CliError> {
    let absolute = std::path::absolute(path).map_err(|source| CliError::File {
        action: "find",
        path: path.into(),
        source,
    })?;
    Ok(absolute.to_string_lossy().into_owned())
}
