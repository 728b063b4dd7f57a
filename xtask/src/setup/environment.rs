//! A virtual environment with the pins of one file of `xtask/requirements`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Group, python};
use crate::Outcome;
use crate::cargo::{root, run as run_command};

/// A virtual environment, and the file that its pins are in.
pub(super) struct Environment {
    /// Where it is.
    pub venv: PathBuf,
    /// The file's name, without its ending.
    pub name: &'static str,
}

impl Environment {
    /// The pins.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn requirements(&self) -> Outcome<String> {
        let path = root().join(format!("xtask/requirements/{}.txt", self.name));
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()).into())
    }

    /// Installs the pins, anew when they or the place are no longer those asked for: those of `first` before all of them.
    ///
    /// # Errors
    /// No Python, or what pip says.
    pub(super) fn install(&self, options: &[&str], first: &str) -> Outcome {
        let stamp = self.venv.join(format!("{}.stamp", self.name));
        let wanted = format!("{}\n{}", self.venv.display(), self.requirements()?);
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            return Ok(());
        }
        println!("Installing xtask/requirements/{}.txt in {}", self.name, self.venv.display());
        run_command(
            Command::new(python::find(Group::Test)?).args(["-m", "venv", "--clear"]).arg(&self.venv),
        )?;
        let before = self.venv.join("first.txt");
        fs::write(&before, first)?;
        for file in [before, root().join(format!("xtask/requirements/{}.txt", self.name))] {
            self.pip(options, &file)?;
        }
        fs::write(stamp, wanted)?;
        Ok(())
    }

    fn pip(&self, options: &[&str], file: &Path) -> Outcome {
        run_command(
            Command::new(self.venv.join("bin/python"))
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"])
                .args(["--only-binary", ":all:"])
                .args(options)
                .arg("-r")
                .arg(file),
        )
    }
}
