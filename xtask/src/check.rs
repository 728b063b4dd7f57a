//! Everything that must hold before a commit, in order, ending at the first failure.

use std::fs;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::arrows;
use crate::cargo::{cargo, root, run as run_command};
use crate::setup::{self, Group};

/// The most packages the lock file may hold.
const PACKAGES: usize = 400;

/// Runs all checks; the arguments go to `cargo test`.
pub fn run(arguments: &[String]) -> Outcome {
    let mut times = Vec::new();
    step(&mut times, "format", || run_command(&mut cargo(&["fmt", "--all", "--check"])))?;
    step(&mut times, "clippy", || {
        run_command(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    })?;
    step(&mut times, "arrows between crates and modules", arrows::check)?;
    step(&mut times, "size of the lock file", lock_file)?;
    step(&mut times, "setup of the oracles", || setup::run(Group::Test).map(drop))?;
    step(&mut times, "tests", || {
        let mut command = cargo(&["test", "--workspace"]);
        let oracles = harness::Oracles::default_directory();
        run_command(command.args(arguments).env("UNDERPIN_ORACLES", oracles))
    })?;
    let total: Duration = times.iter().map(|(_, time)| *time).sum();
    println!("\nAll {} checks passed in {:.0} s:", times.len(), total.as_secs_f64());
    for (name, time) in times {
        println!("  {:>7.1} s  {name}", time.as_secs_f64());
    }
    Ok(())
}

fn step(
    times: &mut Vec<(&'static str, Duration)>,
    name: &'static str,
    work: impl FnOnce() -> Outcome,
) -> Outcome {
    println!("\n== {name}");
    let start = Instant::now();
    let outcome = work();
    let time = start.elapsed();
    println!(
        "== {name}: {} after {:.1} s",
        if outcome.is_ok() { "passed" } else { "FAILED" },
        time.as_secs_f64()
    );
    times.push((name, time));
    outcome
}

fn lock_file() -> Outcome {
    let text = fs::read_to_string(root().join("Cargo.lock"))?;
    let packages = text.lines().filter(|line| *line == "[[package]]").count();
    println!("{packages} packages, {PACKAGES} are too many");
    if packages < PACKAGES {
        Ok(())
    } else {
        Err(format!("Cargo.lock holds {packages} packages; it must stay under {PACKAGES}").into())
    }
}
