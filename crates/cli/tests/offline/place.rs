//! A directory to run the binary in, with nothing of the developer's environment.

use std::path::Path;
use std::process::{Command, Stdio};

/// The document's settings.
pub(crate) const SETTINGS: &str = include_str!("../../../../examples/production/terraform.tfvars");

/// A directory, and variables to set.
pub(crate) struct Place {
    directory: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Place {
    /// A directory with these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(directory.path().join(name), text).unwrap();
        }
        Self { directory, variables: Vec::new() }
    }

    /// A directory with the document's settings.
    pub(crate) fn of_example() -> Self {
        Self::with(&[("terraform.tfvars", SETTINGS)])
    }

    /// The same with a variable set.
    pub(crate) fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// The directory.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The command, not started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_underpin"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Everything that can be seen of a run: both streams and the exit status.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let directory = self.path().to_str().unwrap();
        let code = output.status.code().unwrap();
        format!(
            "$ underpin {}\n{}----- stderr -----\n{}----- exit {code} -----\n",
            arguments.join(" "),
            text(&output.stdout),
            text(&output.stderr)
        )
        .replace(directory, "DIRECTORY")
    }

    /// What a run that must succeed prints.
    pub(crate) fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}
