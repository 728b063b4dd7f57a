//! The tools of others that read our plans, in a virtual environment of their own: their pins contradict the tests'.

use std::fs;
use std::process::Command;

use harness::Oracles;

use super::{Group, python};
use crate::Outcome;
use crate::cargo::{root, run as run_command};

/// What is there as source only; it is built with the pinned setuptools and nothing else.
const SOURCE_ONLY: &str = "docopt,pysingleton";

/// The pins.
pub(super) fn requirements() -> Outcome<String> {
    let path = root().join("xtask/requirements/readers.txt");
    fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Installs them, anew when the pins or the place are no longer those asked for.
pub(super) fn install(oracles: &Oracles) -> Outcome {
    let venv = oracles.readers();
    let stamp = venv.join("readers.stamp");
    let wanted = format!("{}\n{}", venv.display(), requirements()?);
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    println!("Installing xtask/requirements/readers.txt in {}", venv.display());
    run_command(Command::new(python::find(Group::Test)?).args(["-m", "venv", "--clear"]).arg(&venv))?;
    let builder = venv.join("setuptools.txt");
    fs::write(&builder, pin(&requirements()?, "setuptools"))?;
    for file in [builder, root().join("xtask/requirements/readers.txt")] {
        run_command(
            Command::new(venv.join("bin/python"))
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"])
                .args(["--only-binary", ":all:", "--no-binary", SOURCE_ONLY, "--no-build-isolation", "-r"])
                .arg(file),
        )?;
    }
    fs::write(stamp, wanted)?;
    Ok(())
}

/// The lines of one package: its pin and its hashes.
fn pin(requirements: &str, package: &str) -> String {
    let begins = format!("{package}==");
    let mut lines = requirements.lines().skip_while(|line| !line.starts_with(&begins));
    let first = lines.next().into_iter();
    let lines: Vec<&str> = first.chain(lines.take_while(|line| line.starts_with(' '))).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_package_is_cut_out_with_its_hashes() {
        let text = "a==1 \\\n    --hash=sha256:1\nsetuptools==2 \\\n    --hash=sha256:2 \\\n    --hash=sha256:3\nz==3 \\\n    --hash=sha256:4\n";
        assert_eq!(
            pin(text, "setuptools"),
            "setuptools==2 \\\n    --hash=sha256:2 \\\n    --hash=sha256:3\n"
        );
        assert!(pin(&requirements().unwrap(), "setuptools").contains("--hash=sha256:"));
    }
}
