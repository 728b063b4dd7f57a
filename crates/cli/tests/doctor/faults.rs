//! Single faults, made by a client that is not ours or answered in AWS's place: doctor names exactly the one cause, and
//! finds nothing once its remedy was typed.

mod alarms;
mod bucket;
mod key;
mod key_policy;
mod mishaps;
mod perimeters;
mod registry;
mod roles;
mod settings;
mod state;
mod trail;

use super::clinic::{Patient, are, treat};

/// A row.
pub(super) struct Fault {
    pub name: &'static str,
    /// What it touches; faults with a common place cannot stand together.
    pub places: &'static [&'static str],
    /// The causes that cannot show beside it: ids, or beginnings of ids.
    pub hides: &'static [&'static str],
    /// Whether it needs an account in which everything is set up.
    pub needs_everything: bool,
    /// What has to happen after its remedy, which no emulator does.
    pub until: Option<&'static str>,
    pub inject: fn(&mut Patient),
    /// The id of the check that has to name it, or its beginning with `/`.
    pub cause: &'static str,
}

pub(super) const fn fault(
    name: &'static str,
    places: &'static [&'static str],
    inject: fn(&mut Patient),
    cause: &'static str,
) -> Fault {
    Fault { name, places, hides: &[], needs_everything: false, until: None, inject, cause }
}

impl Fault {
    pub(super) const fn hiding(self, hides: &'static [&'static str]) -> Self {
        Self { hides, ..self }
    }

    pub(super) const fn where_everything_is(self) -> Self {
        Self { needs_everything: true, ..self }
    }

    pub(super) const fn until(self, event: &'static str) -> Self {
        Self { until: Some(event), ..self }
    }
}

/// All rows, a list a subject.
pub(super) fn all() -> Vec<Fault> {
    [
        key::faults(),
        key_policy::faults(),
        roles::faults(),
        registry::faults(),
        trail::faults(),
        bucket::faults(),
        alarms::faults(),
        state::faults(),
        settings::faults(),
        perimeters::faults(),
        mishaps::faults(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Of how many remedies one is typed, unless `UNDERPIN_ALL_REMEDIES` is set.
const REMEDIES: usize = 3;

/// Breaks, asks, treats and asks again, a fault at a time.
fn assert_found(faults: &[Fault]) {
    let mut wrong = Vec::new();
    let (mut plain, mut whole) = (None, None);
    let mut treated = 0;
    let all_remedies = std::env::var_os("UNDERPIN_ALL_REMEDIES").is_some();
    for (number, fault) in faults.iter().enumerate() {
        let place = if fault.needs_everything { &mut whole } else { &mut plain };
        let patient = place.get_or_insert_with(|| Patient::new(fault.needs_everything));
        patient.admit();
        (fault.inject)(patient);
        let diagnosis = patient.examined();
        let found = diagnosis.causes();
        if !are(&found, &[fault.cause]) {
            wrong.push(format!("{}: expected {}, found {found:?}", fault.name, fault.cause));
            continue;
        }
        if fault.until.is_some() || !(all_remedies || number % REMEDIES == 0) {
            continue;
        }
        let remedy = found.first().map_or(0, |id| treat(&patient.world, diagnosis.check(id)));
        if remedy > 0 {
            treated += 1;
            let after = patient.examined().causes();
            if !after.is_empty() {
                wrong.push(format!("{}: after its remedy {after:?}", fault.name));
            }
        }
    }
    println!("{} faults, {treated} of them treated", faults.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn of_the_key() {
    assert_found(&key::faults());
}

#[test]
fn of_the_policy_of_the_key() {
    assert_found(&key_policy::faults());
}

#[test]
fn of_the_roles() {
    assert_found(&roles::faults());
}

#[test]
fn of_the_registry() {
    assert_found(&registry::faults());
}

#[test]
fn of_the_trail() {
    assert_found(&trail::faults());
}

#[test]
fn of_the_log_bucket() {
    assert_found(&bucket::faults());
}

#[test]
fn of_the_alarms() {
    assert_found(&alarms::faults());
}

#[test]
fn of_the_state() {
    assert_found(&state::faults());
}

#[test]
fn of_the_settings() {
    assert_found(&settings::faults());
}

#[test]
fn of_guards_that_mean_well() {
    assert_found(&perimeters::faults());
}

#[test]
fn of_what_stands_around_it() {
    assert_found(&mishaps::faults());
}

#[test]
fn there_are_many_of_them_and_an_account_without_any_is_healthy() {
    assert!(all().len() >= 60, "{}", all().len());
    for has_everything in [false, true] {
        let found = Patient::new(has_everything).examined();
        assert!(found.causes().is_empty(), "{:?}", found.causes());
        assert_eq!(found.status, Some(0));
    }
}
