//! The accounts from which these tests begin, made once.

use std::sync::LazyLock;

use harness::campaign::{Reference, Scenario};
use harness::{Baseline, Options, Oracles, Tool, World};

use super::account::{oracles, underpin};

pub(crate) const APPLY: [&str; 3] = ["apply", "-auto-approve", "-input=false"];

/// The tools of others, and ours.
pub(crate) static ORACLES: LazyLock<Oracles> = LazyLock::new(oracles);
pub(crate) static TOOL: LazyLock<Tool> = LazyLock::new(underpin);

/// An account before the first apply, and one in which everything was made.
pub(crate) static EMPTY: LazyLock<Baseline> =
    LazyLock::new(|| Scenario::First.prepare(&ORACLES, &TOOL).unwrap());
pub(crate) static APPLIED: LazyLock<Baseline> =
    LazyLock::new(|| Scenario::Destroy.prepare(&ORACLES, &TOOL).unwrap());

/// The undisturbed first apply.
pub(crate) static REFERENCE: LazyLock<Reference> = LazyLock::new(|| {
    let mut world = World::new(&ORACLES, &TOOL, Options::default()).unwrap();
    Reference::take(&mut world, &EMPTY, Scenario::First).unwrap()
});

/// A world that begins at a baseline.
pub(crate) fn world(baseline: &Baseline, options: Options) -> World {
    let mut world = World::new(&ORACLES, &TOOL, options).unwrap();
    world.begin(baseline).unwrap();
    world
}

/// How many seeds or cases to try: a few, or what the variable says.
pub(crate) fn how_many(variable: &str, few: u64) -> u64 {
    std::env::var(variable).map_or(few, |text| text.parse().unwrap())
}
