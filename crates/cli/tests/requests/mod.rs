//! What underpin asks AWS for, under settings at their limits, fits AWS's own service models: no request that AWS must refuse
//! for its form is ever sent. `cargo xtask test` holds the requests of all other tests against the models as well.

mod matrix;
mod members;

use std::path::Path;

use harness::{Baseline, Models, Options, World};

use crate::support::account::{oracles, text, underpin};

/// An account whose requests are written down in a directory.
fn recorded(baseline: &Baseline, requests: &Path) -> World {
    let options = Options { requests: Some(requests.to_owned()), ..Options::default() };
    let mut world = World::new(&oracles(), &underpin(), options).unwrap();
    world.begin(baseline).unwrap();
    world
}

/// Runs the binary in a region; only its requests matter, but a status that is not expected is a mistake of the test.
fn command(world: &World, region: &str, arguments: &[&str], status: i32) -> String {
    let mut command = underpin().command(world.directory(), &world.proxy().endpoint()).unwrap();
    command.env("AWS_REGION", region).env("AWS_DEFAULT_REGION", region);
    let output = command.args(arguments).output().unwrap();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(status), "{arguments:?}\n{stdout}\n{stderr}");
    stdout
}

/// Holds what was written down against the models; answers the operations.
fn fit(requests: &Path) -> Vec<String> {
    let models = Models::check(&oracles(), requests).unwrap();
    assert!(models.faults.is_empty(), "{}", models.faults.join("\n"));
    println!("{} different requests, {} operations", models.requests, models.operations.len());
    models.operations
}
