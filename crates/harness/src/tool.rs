//! The programs that are put through a campaign, as a person would run them.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::oracles::Oracles;

/// The backend file of the example.
const BACKEND: &str = "backend-global-production-us-east-1.hcl";
/// The table with the locks.
pub const LOCK_TABLE: &str = "locks";

/// Where the state is and how it is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file in the working directory.
    Local,
    /// S3, locked by an object beside the state.
    Lockfile,
    /// S3, locked by an item of a table.
    Table,
    /// S3, locked by both.
    Both,
}

/// A program that applies the foundation.
#[derive(Clone, Debug)]
pub enum Tool {
    /// The binary `underpin` at a path.
    Underpin(PathBuf),
    /// Terraform with the module that makes the same.
    Terraform(Oracles),
}

impl Tool {
    /// Answers its name for people.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Underpin(_) => "underpin",
            Self::Terraform(_) => "Terraform",
        }
    }

    /// Answers a command of it in a directory, in the account behind an endpoint and away from what the user has set.
    ///
    /// # Errors
    /// [`Error::Missing`] when Terraform is not set up.
    pub fn command(&self, directory: &Path, endpoint: &str) -> Result<Command, Error> {
        let mut command = match self {
            Self::Underpin(path) => Command::new(path),
            Self::Terraform(oracles) => oracles.terraform_command(directory)?,
        };
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("AWS_") || text.starts_with("TF_") && text != "TF_CLI_CONFIG_FILE" {
                command.env_remove(&name);
            }
        }
        command.current_dir(directory).envs(aws_environment(endpoint)).env("NO_COLOR", "1");
        if let Self::Terraform(oracles) = self {
            command
                .env("TF_CLI_CONFIG_FILE", oracles.terraform_config())
                .env("CHECKPOINT_DISABLE", "1")
                .env("TF_VAR_endpoint", endpoint);
        }
        Ok(command)
    }

    /// Answers the arguments of `init` for a backend.
    pub fn init(&self, backend: Backend) -> Vec<String> {
        let mut arguments = vec!["init".to_owned(), "-input=false".to_owned()];
        if backend == Backend::Local {
            if matches!(self, Self::Underpin(_)) {
                arguments.push("-local".to_owned());
            }
            return arguments;
        }
        arguments.push(format!("-backend-config={BACKEND}"));
        if matches!(backend, Backend::Lockfile | Backend::Both) {
            arguments.push("-backend-config=use_lockfile=true".to_owned());
        }
        if matches!(backend, Backend::Table | Backend::Both) {
            arguments.push(format!("-backend-config=dynamodb_table={LOCK_TABLE}"));
        }
        if matches!(self, Self::Terraform(_)) {
            arguments.push("-backend-config=use_path_style=true".to_owned());
        }
        arguments
    }
}

/// The environment that points any AWS client at an emulator and at nothing else: endpoint, dummy keys, region, and no way to reach real credentials.
///
/// moto treats every key alike; ministack takes `test`/`test` for the account's root.
pub fn aws_environment(endpoint: &str) -> Vec<(&'static str, String)> {
    let fixed = [
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
    ];
    let mut variables: Vec<_> = fixed.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    variables.push(("AWS_ENDPOINT_URL", endpoint.to_owned()));
    variables
}
