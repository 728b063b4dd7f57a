//! Single faults, each with the one cause that doctor has to name.

mod alarms;
mod bucket;
mod callers;
mod guards;
mod images;
mod key;
mod roles;
mod settings;
mod state;
mod strangers;
mod trail;

use std::sync::LazyLock;

use crate::Report;
use crate::sample::{World, causes, everything};

/// A fault in the facts.
pub(super) struct Fault {
    pub name: &'static str,
    /// What it changes; faults with a common place cannot stand together.
    pub places: &'static [&'static str],
    /// The causes that cannot show beside it: ids, or beginnings of ids.
    pub hides: &'static [&'static str],
    pub inject: fn(&mut World),
    pub cause: &'static str,
}

pub(super) const fn fault(
    name: &'static str,
    places: &'static [&'static str],
    inject: fn(&mut World),
    cause: &'static str,
) -> Fault {
    Fault { name, places, hides: &[], inject, cause }
}

impl Fault {
    pub(super) const fn hiding(self, hides: &'static [&'static str]) -> Self {
        Self { hides, ..self }
    }
}

pub(super) fn all() -> Vec<Fault> {
    [
        key::faults(),
        callers::faults(),
        guards::faults(),
        images::faults(),
        trail::faults(),
        alarms::faults(),
        bucket::faults(),
        roles::faults(),
        state::faults(),
        settings::faults(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is said of each fault.
pub(super) static REPORTS: LazyLock<Vec<(Fault, Report)>> = LazyLock::new(|| {
    let whole = World::new(&everything());
    let reported = |fault: Fault| {
        let mut world = whole.clone();
        (fault.inject)(&mut world);
        let report = world.report();
        (fault, report)
    };
    all().into_iter().map(reported).collect()
});

#[test]
fn each_fault_has_exactly_its_cause() {
    let mut wrong = Vec::new();
    for (fault, report) in REPORTS.iter() {
        let named = causes(report);
        if named != [fault.cause] {
            wrong.push(format!("{}: expected {}, named {named:?}", fault.name, fault.cause));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all().len() >= 60);
}

#[test]
fn the_whole_account_is_healthy_before() {
    assert_eq!(causes(&World::new(&everything()).report()), Vec::<String>::new());
}
