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

/// `judge trail`, `judge doctor`, `judge prowler`, `judge lockouts [SEED]`, `judge product`, or `judge [REQUESTS] [EDITS]` for policies, the two
/// before included.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    match arguments.first().map(String::as_str) {
        Some("trail") => trail::run(),
        Some("doctor") => doctor::run(),
        Some("prowler") => prowler::run(),
        Some("product") => product::run().map(drop),
        Some("lockouts") => lockouts::run(arguments.get(1).map_or(lockouts::SEED, String::as_str)).map(drop),
        _ => policies::run(arguments),
    }
}
