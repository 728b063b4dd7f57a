//! Which backend is meant: by the block, the flags and the record.

use std::path::{Path, PathBuf};

use terraform::Diagnostic;
use terraform::backend::{Configuration, Kind, Record};
use terraform::tfvars::{self, FILE_LIMIT};

use super::Args;
use crate::backend::Block;
use crate::error::CliError;
use crate::input;

/// A value of `-backend-config`: where arguments of the backend come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BackendSource {
    /// A file.
    File(PathBuf),
    /// `NAME=VALUE`, as typed.
    Pair(String),
    /// An empty value: what was given before does not count.
    Clear,
}

impl BackendSource {
    /// Reads a value; text without an equals sign is a file.
    ///
    /// # Errors
    /// None; clap wants a result.
    pub(super) fn value(text: &str) -> Result<Self, std::convert::Infallible> {
        Ok(match text {
            "" => Self::Clear,
            pair if pair.contains('=') => Self::Pair(pair.to_owned()),
            file => Self::File(PathBuf::from(file)),
        })
    }
}

/// What the block and the flags say; the record, where they say nothing.
///
/// # Errors
/// Arguments that cannot be read, none where the block leaves all to them, and `-local` beside another backend.
pub(super) fn configuration(
    args: &Args,
    recorded: Option<&Record>,
    block: Option<&Block>,
) -> Result<Configuration, CliError> {
    let is_s3 = block.is_some_and(|block| block.configuration.kind() == Kind::S3);
    if args.local && (is_s3 || !args.backend_config.is_empty()) {
        let detail = "-local keeps the state in this directory, and a backend is given.";
        return Err(CliError::from(Diagnostic::error("Invalid init options", detail)));
    }
    if args.local && recorded.is_none_or(|recorded| recorded.configuration.kind() == Kind::S3) {
        return Ok(Configuration::default());
    }
    let after_clear =
        args.backend_config.iter().rposition(|source| *source == BackendSource::Clear).map_or(0, |at| at + 1);
    let sources = args.backend_config.get(after_clear..).unwrap_or_default();
    if let (true, Some(recorded), false) = (args.backend_config.is_empty(), recorded, args.reconfigure) {
        return match block {
            Some(block) if block.is_other(recorded) => Ok(block.configuration.clone()),
            _ => Ok(recorded.configuration.clone()),
        };
    }
    let mut configuration = block.map(|block| block.configuration.clone()).unwrap_or_default();
    let mut problems = Vec::new();
    for source in sources {
        let added = match source {
            BackendSource::Clear => Ok(()),
            BackendSource::Pair(pair) => configuration.add_pair(pair),
            BackendSource::File(path) => add_file(&mut configuration, path),
        };
        problems.extend(added.err().unwrap_or_default());
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    if configuration.is_empty() && is_s3 {
        let detail = "The backend \"s3\" block is empty, so bucket and key must come with -backend-config.";
        let finding = Diagnostic::error("Missing backend configuration", detail);
        return Err(CliError::from(finding.hint("underpin init -backend-config=FILE")));
    }
    Ok(configuration)
}

fn add_file(configuration: &mut Configuration, path: &Path) -> Result<(), Vec<Diagnostic>> {
    let name = path.display().to_string();
    let bytes = input::file(path, FILE_LIMIT).map_err(|error| {
        let finding =
            Diagnostic::error("Failed to read file", format!("The file {name} cannot be read: {error}."));
        vec![finding.hint("-backend-config takes a file, or one argument as NAME=VALUE")]
    })?;
    configuration.add_file(&tfvars::decode(&name, &bytes)?)
}
