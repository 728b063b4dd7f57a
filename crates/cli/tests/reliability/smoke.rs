//! The calls at which most is at stake, each broken in each kind of way.

use harness::campaign::{Scenario, Setting, Tally};

use super::stage::{EMPTY, ORACLES, REFERENCE, TOOL};

#[test]
fn a_plain_run_finishes_what_a_broken_one_began() {
    let setting = Setting {
        oracles: &ORACLES,
        tool: &TOOL,
        scenario: Scenario::First,
        baseline: &EMPTY,
        reference: &REFERENCE,
    };
    let points = setting.smoke();
    assert!(points.len() > 20, "{points:?}");
    let (mut tally, mut complaints) = (Tally::default(), Vec::new());
    setting
        .try_all(points, 2, &mut |trial| {
            tally.add(trial);
            if !trial.is_good() {
                complaints.push(format!("{}\n{}", trial.complaint(Scenario::First, &TOOL), trial.report));
            }
        })
        .unwrap();
    println!("{tally}");
    assert!(complaints.is_empty(), "{}\n{tally}", complaints.join("\n"));
}
