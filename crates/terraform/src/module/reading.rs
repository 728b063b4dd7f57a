//! What a configuration file says about the state, in whichever syntax it is written.

use super::file::{FILE_LIMIT, File};
use super::keeper::Keeper;
use super::{document, native};
use crate::Diagnostic;

/// What it says about the state.
pub(super) fn keepers(file: &File) -> Result<Vec<Keeper>, Vec<Diagnostic>> {
    let source = file.source();
    if source.text.len() > FILE_LIMIT {
        let detail = format!("{} is longer than {FILE_LIMIT} bytes.", source.name);
        return Err(vec![Diagnostic::error("File too large", detail)]);
    }
    if let Some(problem) = file.other_encoding() {
        return Err(vec![problem]);
    }
    if source.name.ends_with(".json") {
        match file.foreign_in(&(0..source.text.len())) {
            Some(problem) => Err(vec![problem]),
            None => document::keepers(source),
        }
    } else {
        native::keepers(file)
    }
}
