//! The log that `TF_LOG` or `-debug` asks for: a line for each attempt of a call, and the rest of every error. It holds no
//! secret: no header, no body, no address with a password in it.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use aws::clients::Attempt;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::environment::Environment;
use crate::error::CliError;

/// RFC 3339 with milliseconds.
const TIMESTAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Terraform's variables for a log, the last two of a part of it: here all parts are one.
const VARIABLES: [&str; 3] = ["TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER"];

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// Errors.
    Error,
    /// Also what is run.
    Info,
    /// Also every call.
    Debug,
}

/// A log that somebody asked for.
pub(crate) struct Log {
    level: Level,
    /// Whether lines are JSON (`TF_LOG=json`).
    json: bool,
    sink: Mutex<Box<dyn Write + Send>>,
}

impl std::fmt::Debug for Log {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Log").field("level", &self.level).finish_non_exhaustive()
    }
}

impl Log {
    /// The log that the flag or the environment asks for, begun with a line that says who writes what where.
    ///
    /// # Errors
    /// The file of `TF_LOG_PATH` cannot be opened.
    pub(crate) fn open(
        debug: bool,
        command: &str,
        environment: &Environment,
    ) -> Result<Option<Self>, CliError> {
        let Some((level, json)) = asked(debug, VARIABLES.into_iter().find_map(|name| environment.get(name)))
        else {
            return Ok(None);
        };
        let path = environment.get("TF_LOG_PATH").map(PathBuf::from);
        let sink: Box<dyn Write + Send> = match &path {
            Some(path) => Box::new(appended(path)?),
            None => Box::new(io::stderr()),
        };
        let log = Self { level, json, sink: Mutex::new(sink) };
        let place = path.map_or_else(|| "stderr".to_owned(), |path| path.display().to_string());
        let version = env!("CARGO_PKG_VERSION");
        log.line(Level::Info, &format!("underpin v{version} {command}; this log goes to {place}"));
        Ok(Some(log))
    }

    /// An attempt of a call that ended.
    pub(crate) fn attempt(&self, attempt: &Attempt) {
        let Attempt { operation, host, number, time, outcome, request_id } = attempt;
        let outcome = match outcome {
            Ok(status) => format!("HTTP {status}"),
            Err(reason) => format!("failed: {reason}"),
        };
        let request = request_id.as_deref().map(|id| format!(", request id {id}")).unwrap_or_default();
        let milliseconds = time.as_millis();
        self.line(
            Level::Debug,
            &format!("{operation} at {host}, attempt {number}: {outcome} in {milliseconds} ms{request}"),
        );
    }

    /// Why the command fails, with all its causes.
    pub(crate) fn error(&self, error: &CliError) {
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(error) = cause {
            text.push_str(&format!(": {error}"));
            cause = error.source();
        }
        self.line(Level::Error, &text);
        if let CliError::Refresh(failures) = error {
            failures.iter().for_each(|failure| {
                self.line(Level::Error, &format!("{}: {}", failure.address, failure.error));
            });
        }
    }

    /// Writes a line; what cannot be written is dropped, so that nothing that runs is cut off by it.
    fn line(&self, level: Level, text: &str) {
        if level > self.level {
            return;
        }
        let time = OffsetDateTime::now_utc().format(TIMESTAMP).unwrap_or_default();
        let name = match level {
            Level::Error => "error",
            Level::Info => "info",
            Level::Debug => "debug",
        };
        let text = crate::text::clean(text).replace('\n', " ");
        let line = match self.json {
            true => json!({ "@level": name, "@message": text, "@timestamp": time }).to_string(),
            false => format!("{time} [{}] {text}", name.to_uppercase()),
        };
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(sink, "{line}").and_then(|()| sink.flush());
    }
}

/// How much is asked for, and whether as JSON; `None` for no log. As in Terraform a level that is none means everything.
fn asked(debug: bool, variable: Option<&str>) -> Option<(Level, bool)> {
    let asked = match variable.map(str::to_ascii_lowercase).as_deref() {
        None | Some("off") => None,
        Some("error" | "warn") => Some((Level::Error, false)),
        Some("info") => Some((Level::Info, false)),
        Some("json") => Some((Level::Debug, true)),
        Some(_) => Some((Level::Debug, false)),
    };
    match (debug, asked) {
        (true, Some((_, json))) => Some((Level::Debug, json)),
        (true, None) => Some((Level::Debug, false)),
        (false, asked) => asked,
    }
}

fn appended(path: &Path) -> Result<std::fs::File, CliError> {
    let open = OpenOptions::new().append(true).create(true).mode(0o600).open(path);
    open.map_err(|source| CliError::File { action: "open", path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_terraforms() {
        for (debug, variable, expected) in [
            (false, None, None),
            (false, Some("off"), None),
            (false, Some("OFF"), None),
            (false, Some("ERROR"), Some((Level::Error, false))),
            (false, Some("info"), Some((Level::Info, false))),
            (false, Some("TRACE"), Some((Level::Debug, false))),
            (false, Some("1"), Some((Level::Debug, false))),
            (false, Some("json"), Some((Level::Debug, true))),
            (true, None, Some((Level::Debug, false))),
            (true, Some("error"), Some((Level::Debug, false))),
        ] {
            assert_eq!(asked(debug, variable), expected, "{variable:?}");
        }
    }
}
