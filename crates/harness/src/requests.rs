//! Writes down what underpin asked AWS for, to be held against AWS's own service models.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::fs::{File, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::error::Error;
use crate::http::Message;

/// The environment variable that names the directory; [`Options::requests`](crate::Options::requests) is asked first.
pub const DIRECTORY: &str = "UNDERPIN_REQUESTS";
/// The file in it, to which every process appends.
pub const FILE: &str = "requests.jsonl";
/// What the User-Agent of underpin's client begins with; boto3 and Terraform have others.
const OURS: &str = "aws-sdk-rust/";
/// Headers in which every request differs, and none that a model describes.
const PASSING: [&str; 6] = [
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "x-amz-date",
    "x-amz-content-sha256",
    "user-agent",
    "x-amz-user-agent",
];

/// The requests that were written down; equal ones once, whatever identity was generated for them.
#[derive(Debug)]
pub(crate) struct Requests {
    file: File,
    seen: Mutex<HashSet<u64>>,
}

impl Requests {
    /// Opens the file in `directory`, which is made.
    pub(crate) fn open(directory: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(directory)?;
        let file = OpenOptions::new().append(true).create(true).open(directory.join(FILE))?;
        Ok(Self { file, seen: Mutex::default() })
    }

    /// Takes a request in. What cannot be written is lost, and the check says how many it saw.
    pub(crate) fn record(&self, request: &Message) {
        if !request.header("user-agent").is_some_and(|agent| agent.starts_with(OURS)) {
            return;
        }
        let headers: serde_json::Map<String, serde_json::Value> = request
            .headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.clone().into()))
            .filter(|(name, _)| !PASSING.contains(&name.as_str()))
            .collect();
        let mut hasher = DefaultHasher::new();
        masked(request.start.as_bytes()).hash(&mut hasher);
        masked(&request.body).hash(&mut hasher);
        let new = self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(hasher.finish());
        if new {
            let line =
                json!({"start": request.start, "headers": headers, "body": STANDARD.encode(&request.body)});
            // One write a line: several processes append to the file.
            let _lost = (&self.file).write_all(format!("{line}\n").as_bytes());
        }
    }
}

/// Without long runs of hexadecimal digits, which are generated.
fn masked(bytes: &[u8]) -> Vec<u8> {
    let mut masked = Vec::with_capacity(bytes.len());
    for run in bytes.chunk_by(|left, right| left.is_ascii_hexdigit() == right.is_ascii_hexdigit()) {
        let generated = run.len() >= 4 && run.iter().all(u8::is_ascii_hexdigit);
        masked.extend_from_slice(if generated { b"#" } else { run });
    }
    masked
}
