//! Every version of AWS's managed policies that some releases of a package carried, compared in both directions.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::differences;
use crate::Outcome;
use crate::cargo::{output, root, run as run_command};
use crate::setup::judges;

/// Releases of the PyPI package `moto` (Apache-2.0), oldest first: what AWS's policies were at their time.
const RELEASES: [&str; 9] =
    ["3.0.0", "4.0.0", "4.1.0", "4.2.0", "5.0.0", "5.0.10", "5.1.0", "5.1.10", "5.2.5"];

/// Makes the pairs, compares them, and lets the evaluator in `directory` and Z3 judge the answers.
pub(super) fn judged(directory: &Path) -> Outcome<String> {
    let wheels = RELEASES.iter().map(|release| wheel(directory, release)).collect::<Outcome<Vec<_>>>()?;
    let python = judges::install()?.join("python");
    let script = root().join("xtask/judge/pairs.py");
    let pairs = output(Command::new(python).arg(script).args(wheels))?;
    fs::write(directory.join("managed.pairs.jsonl"), pairs)?;
    differences::judged(directory, "managed")
}

/// The wheel of a release, which is fetched once.
fn wheel(directory: &Path, release: &str) -> Outcome<String> {
    let folder = directory.join("moto").join(release);
    if !folder.exists() {
        let unfinished = directory.join("unfinished");
        let python = judges::install()?.join("python");
        let package = format!("moto=={release}");
        run_command(
            Command::new(python)
                .args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "-d"])
                .arg(&unfinished)
                .arg(package),
        )?;
        fs::create_dir_all(directory.join("moto"))?;
        fs::rename(unfinished, &folder)?;
    }
    let file = fs::read_dir(&folder)?.next().ok_or("no wheel was fetched")??;
    Ok(file.path().display().to_string())
}
