//! Which part may know which: between crates by `cargo metadata`, between the modules of a crate by their `use`; and that
//! every file is a module.

mod crates;
mod forgotten;
mod imports;
mod modules;

use crate::Outcome;

/// Checks all of it; all faults at once.
pub(crate) fn check() -> Outcome {
    let mut faults = crates::faults_of_workspace()?;
    faults.extend(modules::faults_of_workspace()?);
    faults.extend(forgotten::faults_of_workspace()?);
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}
