//! The tools of others that read our plans, in a virtual environment of their own: their pins contradict the tests'.

use harness::Oracles;

use super::environment::Environment;
use crate::Outcome;

/// What is there as source only; it is built with the pinned setuptools and nothing else.
const SOURCE_ONLY: [&str; 3] = ["--no-binary", "docopt,pysingleton", "--no-build-isolation"];

fn environment(oracles: &Oracles) -> Environment {
    Environment { venv: oracles.readers(), name: "readers" }
}

/// The pins.
#[cfg(test)]
pub(super) fn requirements() -> Outcome<String> {
    environment(&Oracles::at("")).requirements()
}

/// Installs them.
pub(super) fn install(oracles: &Oracles) -> Outcome {
    let environment = environment(oracles);
    let builder = pin(&environment.requirements()?, "setuptools");
    environment.install(&SOURCE_ONLY, &builder)
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
