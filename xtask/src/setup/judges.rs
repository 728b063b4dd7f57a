//! The tools of others that judge what underpin says, in a virtual environment of their own; `cargo xtask test` needs none.

use std::path::PathBuf;

use harness::Oracles;

use super::environment::Environment;
use crate::Outcome;

fn environment() -> Environment {
    Environment { venv: Oracles::chosen().directory().join("judges"), name: "judges" }
}

/// The pins.
#[cfg(test)]
pub(super) fn requirements() -> Outcome<String> {
    environment().requirements()
}

/// Installs them, and answers the folder of their programs.
///
/// # Errors
/// No Python, or what pip says.
pub(crate) fn install() -> Outcome<PathBuf> {
    let environment = environment();
    environment.install(&[], "")?;
    Ok(environment.venv.join("bin"))
}
