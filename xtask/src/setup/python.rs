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
        match version(Path::new(&name)) {
            Some(Some(found)) if found >= oldest(group) => return Ok(name),
            Some(Some((major, minor))) => seen.push(format!("{name} is {major}.{minor}")),
            Some(None) => seen.push(format!("{name} has no venv module")),
            None => {}
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
    version(python).flatten().is_some_and(|found| found >= oldest(group))
}

/// The version of a Python; the inner `None` is one that cannot make virtual environments.
fn version(python: &Path) -> Option<Option<Version>> {
    let probe = "import sys, venv, ensurepip; print(*sys.version_info[:2])";
    let answer = Command::new(python).args(["-c", probe]).output().ok()?;
    Some(parsed(&String::from_utf8_lossy(&answer.stdout)))
}

fn parsed(text: &str) -> Option<Version> {
    let (major, minor) = text.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(parsed("3 9\n").unwrap() < oldest(Group::Test));
        assert!(parsed("3 9\n").unwrap() >= oldest(Group::Demo));
        assert!(parsed("3 10\n").unwrap() >= oldest(Group::Test));
        assert_eq!(parsed(""), None);
    }
}
