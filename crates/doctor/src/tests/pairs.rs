//! Pairs of faults that can stand together: exactly the two causes. `UNDERPIN_ALL_PAIRS=1` tries them all.

use std::collections::BTreeSet;

use super::faults::{Fault, all};
use crate::sample::{World, causes, everything};

/// Whether two faults can stand together and both show.
fn can_stand_together(one: &Fault, other: &Fault) -> bool {
    let apart = one.places.iter().all(|place| !other.places.contains(place));
    let whole = |fault: &Fault| fault.places.contains(&"everything");
    let hides = |hiding: &Fault, hidden: &Fault| hiding.hides.iter().any(|id| hidden.cause.starts_with(id));
    apart && !whole(one) && !whole(other) && !hides(one, other) && !hides(other, one)
}

/// Of how many pairs one is tried, unless all are asked for.
const STRIDE: usize = 12;

#[test]
fn two_faults_have_exactly_two_causes() {
    let faults = all();
    let mut wrong = Vec::new();
    let stride = if std::env::var_os("UNDERPIN_ALL_PAIRS").is_some() { 1 } else { STRIDE };
    let mut together = 0;
    let (mut tried, whole) = (0, World::new(&everything()));
    for (index, one) in faults.iter().enumerate() {
        for other in faults.iter().skip(index + 1).filter(|other| can_stand_together(one, other)) {
            together += 1;
            if together % stride != 0 {
                continue;
            }
            let mut world = whole.clone();
            (one.inject)(&mut world);
            (other.inject)(&mut world);
            tried += 1;
            let named: BTreeSet<String> = causes(&world.report()).into_iter().collect();
            let expected: BTreeSet<String> = [one.cause, other.cause].map(str::to_owned).into();
            if named != expected {
                wrong.push(format!("{} + {}: expected {expected:?}, named {named:?}", one.name, other.name));
            }
        }
    }
    println!("{} faults, {together} pairs, {tried} tried", faults.len());
    assert!(wrong.is_empty(), "{} of {tried} pairs:\n{}", wrong.len(), wrong.join("\n"));
}
