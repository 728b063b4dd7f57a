//! Lets programs that nobody here wrote judge what underpin says.

mod differences;
mod doctor;
mod edits;
mod lockouts;
mod managed;
mod policies;
mod product;
mod prowler;
mod simulator;
mod speed;
mod trail;
mod verdict;

use crate::Outcome;

/// `judge trail`, `judge doctor`, `judge prowler`, or for policies `judge [REQUESTS] [EDITS]`; of its steps alone `judge edits [EDITS]`,
/// `judge managed`, `judge lockouts [SEED]` and `judge product`.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let second = |usual: &'static str| arguments.get(1).map_or(usual, String::as_str);
    match arguments.first().map(String::as_str) {
        Some("trail") => trail::run(),
        Some("doctor") => doctor::run(),
        Some("prowler") => prowler::run(),
        Some("product") => product::run().map(drop),
        Some("lockouts") => lockouts::run(second(lockouts::SEED)).map(drop),
        Some("edits") => edits::judged(&simulator::simulator()?, second(edits::USUAL)).map(drop),
        Some("managed") => managed::judged(&simulator::simulator()?).map(drop),
        _ => policies::run(arguments),
    }
}
