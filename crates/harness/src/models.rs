//! Holds requests against AWS's own service models, as botocore carries them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::error::Error;
use crate::oracles::Oracles;
use crate::requests::FILE;

/// What the check of the models found.
#[derive(Clone, Debug)]
pub struct Models {
    /// How many requests were looked at.
    pub requests: u64,
    /// `service:Operation` of each of them, once.
    pub operations: Vec<String>,
    /// What a model forbids: operation, member, and why.
    pub faults: Vec<String>,
}

impl Models {
    /// Checks what was written down in a directory.
    ///
    /// # Errors
    /// Not set up, nothing was written down, or botocore cannot read it.
    pub fn check(oracles: &Oracles, directory: &Path) -> Result<Self, Error> {
        let output = Command::new(oracles.python())
            .args(["-c", include_str!("models.py")])
            .arg(directory.join(FILE))
            .output()?;
        let failed = |reason: String| Error::Models { reason };
        if !output.status.success() {
            return Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        let answer: Value =
            serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))?;
        let texts = |name: &str| {
            let list = answer.get(name).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Ok(Self {
            requests: answer.get("requests").and_then(Value::as_u64).unwrap_or_default(),
            operations: texts("operations"),
            faults: texts("faults"),
        })
    }
}
