//! Breaks runs at every call in every way, and reports what the next plain run made of it.

mod options;

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use harness::campaign::{MISHAPS, Mishap, Point, Reference, Scenario, Tally, Trial, attempt};
use harness::{Baseline, Options, Oracles, Tool, World};

use crate::Outcome;
use crate::cargo::{build_underpin, root};
use crate::setup::{self, Group};
use options::Selection;

/// How many more worlds there are for faults that only wait.
const IDLE: usize = 8;

/// Runs the campaign that the arguments select; fails when a point did not converge by itself.
pub fn run(arguments: &[String]) -> Outcome {
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

/// What the workers of a campaign share.
struct Work<'a> {
    scenario: Scenario,
    baseline: &'a Baseline,
    reference: &'a Reference,
    points: Mutex<VecDeque<Point>>,
    results: Mutex<Results<'a>>,
    verbose: bool,
}

struct Results<'a> {
    tally: Tally,
    bad: usize,
    done: usize,
    log: &'a mut File,
    broken: Option<String>,
}

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
    println!(
        "\n{} of {}: {} calls undisturbed, {:.2} s",
        scenario.name(),
        tool.name(),
        reference.calls.len(),
        reference.wall.as_secs_f64()
    );
    let (waiting, working): (Vec<Point>, Vec<Point>) =
        points(selection, &reference).into_iter().partition(|point| point.mishap.is_silent());
    let results = Results { tally: Tally::default(), bad: 0, done: 0, log, broken: None };
    let mut work = Work {
        scenario,
        baseline: &baseline,
        reference: &reference,
        points: Mutex::default(),
        results: Mutex::new(results),
        verbose: selection.verbose,
    };
    for (points, workers) in [(working, selection.jobs), (waiting, selection.jobs * IDLE)] {
        let workers = workers.min(points.len());
        work.points = Mutex::new(points.into());
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| toil(&work, oracles, tool));
            }
        });
    }
    let results = work.results.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(reason) = results.broken {
        return Err(reason.into());
    }
    println!(
        "\n{} of {}, {:.0} s\n\n{}",
        scenario.name(),
        tool.name(),
        start.elapsed().as_secs_f64(),
        results.tally
    );
    Ok(results.bad)
}

/// Answers the points that were asked for.
fn points(selection: &Selection, reference: &Reference) -> Vec<Point> {
    let mut points = Vec::new();
    for mishap in MISHAPS.iter().filter(|mishap| selection.wants(mishap)) {
        for (index, call) in reference.calls.iter().enumerate() {
            let k = index + 1;
            if (call.writes_state() || !mishap.state_only) && selection.wants_call(k, call) {
                points.push(Point { k, call: call.clone(), mishap: mishap.clone() });
            }
        }
    }
    points
}

/// Takes points and tries them until there are none.
fn toil(work: &Work<'_>, oracles: &Oracles, tool: &Tool) {
    let mut worker = match World::new(oracles, tool, Options::default()) {
        Ok(world) => world,
        Err(error) => return stop(work, &error.to_string()),
    };
    while let Some(point) = next(work) {
        match attempt(&mut worker, work.baseline, work.scenario, work.reference, &point) {
            Ok(trial) => record(work, &trial, tool),
            Err(error) => return stop(work, &format!("{} at {}: {error}", point.mishap.name, point.call)),
        }
    }
}

fn next(work: &Work<'_>) -> Option<Point> {
    if lock(&work.results).broken.is_some() {
        return None;
    }
    lock(&work.points).pop_front()
}

fn stop(work: &Work<'_>, reason: &str) {
    lock(&work.results).broken = Some(reason.to_owned());
}

fn record(work: &Work<'_>, trial: &Trial, tool: &Tool) {
    let mut results = lock(&work.results);
    results.done += 1;
    results.tally.add(trial);
    if writeln!(results.log, "{}", trial.line(work.scenario)).is_err() {
        results.broken = Some("the log cannot be written".to_owned());
    }
    if results.done.is_multiple_of(50) {
        println!("  {} points done, {} bad", results.done, results.bad);
    }
    if !trial.is_good() && trial.ending != harness::campaign::Ending::NotReached {
        results.bad += 1;
        println!("{}", complaint(work.scenario, trial, tool));
        if work.verbose {
            println!("{}", trial.report);
        }
    }
}

fn complaint(scenario: Scenario, trial: &Trial, tool: &Tool) -> String {
    let Point { k, call, mishap } = &trial.point;
    let Mishap { name, meaning, .. } = mishap;
    let by_hand = trial.manual.as_deref().map(|what| format!(", by hand: {what}")).unwrap_or_default();
    let terraform = if matches!(tool, Tool::Terraform(_)) { " --terraform" } else { "" };
    format!(
        "{:?}: {} {name} ({meaning}) at call {k}, {call}; orphans {}, duplicates {}, hung {}{by_hand}\n  \
         again: cargo xtask torture{terraform} --scenario {} --fault {name} --call '{call}' --verbose",
        trial.ending,
        scenario.name(),
        trial.orphans,
        trial.duplicates,
        trial.hung,
        scenario.name(),
    )
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
