//! The Python that runs the emulators.

use std::path::Path;
use std::process::Command;

use super::Group;
use crate::Outcome;

/// Major and minor.
type Version = (u32, u32);

/// The oldest Python that all of a group runs on: moto 5.1 on 3.9, moto 5.2 and ministack on 3.10.
fn oldest(group: Group) -> Version {
    match group {
        Group::Demo => (3, 9),
        Group::Test => (3, 10),
    }
}

/// Finds a Python that is new enough for the group and can make virtual environments.
///
/// # Errors
/// There is none: says which there are, and how to get one.
pub(super) fn find(group: Group) -> Outcome<String> {
    let asked = std::env::var("UNDERPIN_PYTHON").ok();
    let names = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python3.9", "python"];
    let mut seen = Vec::new();
    for name in asked.into_iter().chain(names.map(str::to_owned)) {
        let Some(answer) = probed(Path::new(&name)) else { continue };
        match version(&answer) {
            Some(found) if found >= oldest(group) => return Ok(name),
            Some((major, minor)) => seen.push(format!("{name} is {major}.{minor}")),
            None => seen.push(format!("{name} has no venv module")),
        }
    }
    let seen = if seen.is_empty() { "there is none".to_owned() } else { seen.join(", ") };
    let (major, minor) = oldest(group);
    Err(format!(
        "the emulators need Python {major}.{minor} or newer with its venv module; on PATH: {seen}. \
         Install one (on Debian and Ubuntu: apt install python3-venv) or name it in UNDERPIN_PYTHON"
    )
    .into())
}

/// Whether a Python is there and new enough for the group.
pub(super) fn suffices(python: &Path, group: Group) -> bool {
    probed(python).and_then(|answer| version(&answer)).is_some_and(|found| found >= oldest(group))
}

/// What a Python says of its version, if it runs; nothing when it cannot make virtual environments.
fn probed(python: &Path) -> Option<String> {
    let probe = "import sys, venv, ensurepip; print(*sys.version_info[:2])";
    let answer = Command::new(python).args(["-c", probe]).output().ok()?;
    Some(String::from_utf8_lossy(&answer.stdout).into_owned())
}

fn version(text: &str) -> Option<Version> {
    let (major, minor) = text.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(version("3 9\n").unwrap() < oldest(Group::Test));
        assert!(version("3 9\n").unwrap() >= oldest(Group::Demo));
        assert!(version("3 10\n").unwrap() >= oldest(Group::Test));
        assert_eq!(version(""), None);
    }
}
