//! Breaks runs at every call in every way, and reports what the next plain run made of it.

mod options;

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use harness::campaign::{Reference, Scenario, Setting, Tally};
use harness::{Options, Oracles, Tool, World};

use crate::Outcome;
use crate::cargo::{build_underpin, root};
use crate::setup::{self, Group};
use options::Selection;

/// Runs the campaign that the arguments select; fails when a point did not converge by itself.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let selection = Selection::parse(arguments)?;
    let oracles = setup::run(Group::Test)?;
    let tool =
        if selection.terraform { Tool::Terraform(oracles.clone()) } else { Tool::Underpin(underpin()?) };
    if let Tool::Underpin(path) = &tool {
        println!("Binary: {}", path.display());
    }
    let mut log = File::create(log_path()?)?;
    let mut bad = 0;
    for scenario in &selection.scenarios {
        bad += campaign(&selection, *scenario, &oracles, &tool, &mut log)?;
    }
    println!("\nEvery trial is a line of {}", log_path()?.display());
    if bad == 0 || selection.terraform {
        return Ok(());
    }
    Err(format!("{bad} points did not converge by themselves").into())
}

/// Answers the release binary when there is one, else the one of the development profile, built now.
fn underpin() -> Outcome<PathBuf> {
    if let Some(path) = std::env::var_os("UNDERPIN_BINARY") {
        return Ok(PathBuf::from(path));
    }
    let release = root().join("target/release/underpin");
    if release.exists() { Ok(release) } else { build_underpin(false) }
}

fn log_path() -> Outcome<PathBuf> {
    let directory = root().join("target/torture");
    fs::create_dir_all(&directory)?;
    Ok(directory.join(format!("{}.jsonl", std::process::id())))
}

/// Runs one campaign; answers how many points did not converge by themselves.
fn campaign(
    selection: &Selection,
    scenario: Scenario,
    oracles: &Oracles,
    tool: &Tool,
    log: &mut File,
) -> Outcome<usize> {
    let start = Instant::now();
    let baseline = scenario.prepare(oracles, tool)?;
    let mut world = World::new(oracles, tool, Options::default())?;
    let reference = Reference::take(&mut world, &baseline, scenario)?;
    drop(world);
    let title = format!("{} of {}", scenario.name(), tool.name());
    let wall = reference.wall.as_secs_f64();
    println!("\n{title}: {} calls undisturbed, {wall:.2} s", reference.calls.len());
    let setting = Setting { oracles, tool, scenario, baseline: &baseline, reference: &reference };
    let mut points = if selection.smoke { setting.smoke() } else { setting.points() };
    points.retain(|point| selection.wants(point));
    let mut tally = Tally::default();
    let (mut bad, mut done, mut written) = (0, 0, Ok(()));
    setting.try_all(points, selection.jobs, &mut |trial| {
        done += 1;
        tally.add(trial);
        if let Err(error) = writeln!(log, "{}", trial.line(scenario)) {
            written = Err(error);
        }
        if !trial.is_good() {
            bad += 1;
            println!("{}", trial.complaint(scenario, tool));
            if selection.verbose {
                println!("{}", trial.report);
            }
        }
        if done % 50 == 0 {
            println!("  {done} points done, {bad} bad");
        }
    })?;
    written?;
    println!("\n{title}, {:.0} s\n\n{tally}", start.elapsed().as_secs_f64());
    Ok(bad)
}
