//! Two faults at once: exactly the two causes.

use super::clinic::{Patient, are};
use super::faults::{Fault, all};

/// How many pairs are tried, spread evenly over all that can stand together; ten times as many if
/// `UNDERPIN_ALL_PAIRS` is set.
const PAIRS: usize = 12;

pub(super) fn can_stand_together(one: &Fault, other: &Fault) -> bool {
    let apart = one.places.iter().all(|place| !other.places.contains(place) && *place != "everything");
    let hides = |hiding: &Fault, hidden: &Fault| hiding.hides.iter().any(|id| hidden.cause.starts_with(id));
    apart
        && !other.places.contains(&"everything")
        && !hides(one, other)
        && !hides(other, one)
        && one.cause != other.cause
}

#[test]
fn two_faults_have_exactly_two_causes() {
    let faults = all();
    let together: Vec<(&Fault, &Fault)> = faults
        .iter()
        .enumerate()
        .flat_map(|(index, one)| faults.iter().skip(index + 1).map(move |other| (one, other)))
        .filter(|(one, other)| can_stand_together(one, other))
        .collect();
    let pairs = if std::env::var_os("UNDERPIN_ALL_PAIRS").is_some() { 10 * PAIRS } else { PAIRS };
    let chosen = (0..pairs).map(|number| together[number * together.len() / pairs]);
    let mut patient = Patient::new(true);
    let mut wrong = Vec::new();
    for (one, other) in chosen {
        patient.admit();
        (one.inject)(&mut patient);
        (other.inject)(&mut patient);
        let found = patient.examined().causes();
        if !are(&found, &[one.cause, other.cause]) {
            wrong.push(format!(
                "{} + {}: expected {} and {}, found {found:?}",
                one.name, other.name, one.cause, other.cause
            ));
        }
    }
    println!("{pairs} of {} pairs", together.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
