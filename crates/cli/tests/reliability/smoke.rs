//! The calls at which most is at stake, each broken in each kind of way.

use harness::campaign::{Point, Reference, Scenario, Setting, Tally};
use harness::{Baseline, Options, World};

use crate::support::worlds::{EMPTY, ORACLES, REFERENCE, TOOL};

#[test]
fn a_plain_run_finishes_what_a_broken_one_began() {
    let setting = setting(Scenario::First, &EMPTY, &REFERENCE);
    let points = setting.smoke();
    assert!(points.len() > 20, "{points:?}");
    all_converge(setting, points);
}

#[test]
fn a_plain_run_finishes_in_the_documents_profile_too() {
    let baseline = Scenario::Document.prepare(&ORACLES, &TOOL).unwrap();
    let mut world = World::new(&ORACLES, &TOOL, Options::default()).unwrap();
    let reference = Reference::take(&mut world, &baseline, Scenario::Document).unwrap();
    let setting = setting(Scenario::Document, &baseline, &reference);
    let killed: Vec<Point> =
        setting.smoke().into_iter().filter(|point| ["a", "b"].contains(&point.mishap.name)).collect();
    assert!(killed.len() > 8, "{killed:?}");
    all_converge(setting, killed);
}

fn setting<'a>(scenario: Scenario, baseline: &'a Baseline, reference: &'a Reference) -> Setting<'a> {
    Setting { oracles: &ORACLES, tool: &TOOL, scenario, baseline, reference }
}

fn all_converge(setting: Setting<'_>, points: Vec<Point>) {
    let (mut tally, mut complaints) = (Tally::default(), Vec::new());
    setting
        .try_all(points, 2, &mut |trial| {
            tally.add(trial);
            if !trial.is_good() {
                complaints.push(format!("{}\n{}", trial.complaint(setting.scenario, &TOOL), trial.report));
            }
        })
        .unwrap();
    println!("{tally}");
    assert!(complaints.is_empty(), "{}\n{tally}", complaints.join("\n"));
}
