//! Runs the fuzz targets of `fuzz/`, one after the other.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::cargo::{cargo, root, run as run_command};

/// The targets, as `fuzz/Cargo.toml` names them.
const TARGETS: [&str; 9] =
    ["tfvars", "backend", "state", "lock", "settings", "digest", "keys", "gunzip", "policy"];

/// What libFuzzer is told where the arguments say nothing else.
const DEFAULTS: [&str; 4] = ["-runs=100000", "-max_len=4096", "-timeout=10", "-rss_limit_mb=1024"];

const MISSING: &str = "\
cargo-fuzz is missing; install it with

    cargo install cargo-fuzz --locked --version 0.13.2

It builds libFuzzer, which needs a C++ compiler.";

/// Runs one target, or all; arguments that begin with `-` go to libFuzzer.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (flags, names): (Vec<&str>, Vec<&str>) =
        arguments.iter().map(String::as_str).partition(|argument| argument.starts_with('-'));
    let targets = targets(&names)?;
    if !is_installed() {
        return Err(MISSING.into());
    }
    for target in targets {
        println!("\n== {target}");
        run_command(&mut command(target, &flags)?)?;
    }
    Ok(())
}

fn targets<'a>(names: &[&'a str]) -> Outcome<Vec<&'a str>> {
    match names.iter().find(|name| !TARGETS.contains(name)) {
        Some(name) => Err(format!("no fuzz target `{name}`; there are {}", TARGETS.join(", ")).into()),
        None if names.is_empty() => Ok(TARGETS.to_vec()),
        None => Ok(names.to_vec()),
    }
}

fn is_installed() -> bool {
    cargo(&["fuzz", "--version"]).output().is_ok_and(|output| output.status.success())
}

/// What is found goes to `target/fuzz`, so that the corpus in the repository stays as it was written.
///
/// The code under test has no unsafe block, so no sanitizer; and the dictionaries say what the code compares with, so that
/// comparisons are not traced. Either makes it several times as fast. What cargo-fuzz asks of the compiler is not stable,
/// hence `RUSTC_BOOTSTRAP`.
fn command(target: &str, flags: &[&str]) -> Outcome<Command> {
    let found = root().join("target/fuzz").join(target);
    fs::create_dir_all(&found)?;
    let faster = ["--sanitizer", "none", "--no-trace-compares"];
    let mut command = cargo(&["fuzz", "run", "--fuzz-dir", "fuzz"]);
    command.args(faster).arg(target);
    command.arg(&found).arg(Path::new("fuzz/corpus").join(target)).arg("--");
    command.args(DEFAULTS).arg(format!("-dict=fuzz/dictionaries/{target}.txt"));
    // The last of several decides.
    command.args(flags).env("RUSTC_BOOTSTRAP", "1");
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_targets() {
        assert_eq!(targets(&[]).unwrap(), TARGETS);
        assert_eq!(targets(&["lock"]).unwrap(), ["lock"]);
        assert!(targets(&["lock", "plan"]).unwrap_err().to_string().contains("`plan`"));
    }

    #[test]
    fn every_target_has_a_program_a_corpus_and_a_dictionary() {
        let fuzz = root().join("fuzz");
        let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
        for target in TARGETS {
            for path in [
                format!("fuzz_targets/{target}.rs"),
                format!("corpus/{target}"),
                format!("dictionaries/{target}.txt"),
            ] {
                assert!(fuzz.join(&path).exists(), "{path}");
            }
            assert!(manifest.contains(&format!("name = \"{target}\"")), "{target}");
            let program = fs::read_to_string(fuzz.join(format!("fuzz_targets/{target}.rs"))).unwrap();
            let library = fs::read_to_string(fuzz.join("src/lib.rs")).unwrap();
            let called = program.split("fuzz::").skip(1).filter_map(|rest| rest.split_once('('));
            for (name, _) in called.filter(|(name, _)| !name.contains(char::is_whitespace)) {
                assert!(library.contains(&format!("\npub fn {name}(")), "{target} cannot reach {name}");
            }
        }
    }

    #[test]
    fn flags_of_the_user_come_last() {
        let command = command("lock", &["-runs=7"]).unwrap();
        let arguments: Vec<_> = command.get_args().filter_map(|argument| argument.to_str()).collect();
        assert_eq!(arguments.last(), Some(&"-runs=7"));
        assert!(arguments.contains(&"fuzz/corpus/lock"));
    }
}
