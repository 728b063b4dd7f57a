//! Events of a mirror of the log bucket, given by `-from`.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use doctor::facts::{Event, History, Read};
use flate2::read::MultiGzDecoder;
use serde_json::Value;

use super::Histories;
use crate::error::CliError;

/// The largest log file that is read: CloudTrail writes at most 50 MB, compressed.
const LARGEST: u64 = 512 << 20;

/// Reads every log file below a directory.
///
/// # Errors
/// A directory or file that cannot be read, or that is no log.
pub(super) fn scan(directory: &Path) -> Result<Histories, CliError> {
    let mut files = Vec::new();
    walk(directory, &mut files)?;
    files.sort();
    let mut events = Vec::new();
    for path in &files {
        events.extend(records(path)?);
    }
    events.sort_by_key(|event| std::cmp::Reverse(event.at));
    let source = format!("{} log files below {}", files.len(), directory.display());
    let of = |is_ours: fn(&Event) -> bool| {
        let events = events.iter().filter(|event| is_ours(event)).cloned().collect();
        Read::Found(History { events, reaches_back_to: None, source: source.clone() })
    };
    let of_key = of(|event| event.source == "kms.amazonaws.com");
    let others = of(|event| event.source != "kms.amazonaws.com" && event.is_denied());
    Ok([("kms.amazonaws.com".to_owned(), of_key), ("changes".to_owned(), others)].into())
}

fn walk(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let failed = |source| CliError::File { action: "read", path: directory.to_owned(), source };
    for entry in fs::read_dir(directory).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        if entry.file_type().map_err(failed)?.is_dir() {
            if entry.file_name() != "CloudTrail-Digest" {
                walk(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "gz" || extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}

fn records(path: &Path) -> Result<Vec<Event>, CliError> {
    let failed = |source| CliError::File { action: "read", path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        MultiGzDecoder::new(file).take(LARGEST).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        file.take(LARGEST).read_to_end(&mut bytes).map_err(failed)?;
    }
    let parsed: Value = serde_json::from_slice(&bytes).map_err(|error| failed(io::Error::other(error)))?;
    let records = parsed.get("Records").and_then(Value::as_array).into_iter().flatten();
    Ok(records.filter_map(Event::of_record).collect())
}
