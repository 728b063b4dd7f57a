//! What is said: every problem has a cause and a remedy, and commands are single and well formed.

use super::faults::all;
use crate::sample::{World, everything};
use crate::{Check, Status};

fn problems() -> Vec<(&'static str, Check)> {
    let mut problems = Vec::new();
    for fault in all() {
        let mut world = World::new(&everything());
        (fault.inject)(&mut world);
        let report = world.report();
        problems.extend(
            report
                .checks
                .into_iter()
                .filter(|check| check.status != Status::Pass)
                .map(|check| (fault.name, check)),
        );
    }
    problems
}

#[test]
fn every_problem_has_a_title_a_cause_and_every_cause_a_remedy() {
    for (fault, check) in problems() {
        assert!(!check.title.is_empty() && !check.cause.is_empty(), "{fault}: {check:#?}");
        assert!(check.because_of.is_some() || !check.remedy.is_empty(), "{fault}: {check:#?}");
    }
}

#[test]
fn a_command_is_one_simple_command() {
    for (fault, check) in problems() {
        for line in
            check.remedy.iter().filter(|line| line.starts_with("aws ") || line.starts_with("underpin "))
        {
            let words = shlex::split(line).unwrap_or_else(|| panic!("{fault}: {line}"));
            let is_joined = words.iter().any(|word| ["&&", "||", ";", "|", ">"].contains(&word.as_str()));
            assert!(!is_joined, "{fault}: {line}");
            assert!(!line.contains('\n') && words.len() > 1, "{fault}: {line}");
        }
    }
}
