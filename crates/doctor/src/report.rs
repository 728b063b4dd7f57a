//! All checks together, each symptom tied to its cause.

use std::collections::BTreeMap;

use foundation::{Caller, Settings};

use crate::case::{Asks, Case};
use crate::check::{Check, Status};
use crate::checks;
use crate::facts::Facts;

/// A group of checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The key and who can use it.
    Kms,
    /// Pulling images.
    Ecr,
    /// The trail and its bucket.
    Trail,
    /// Whether somebody is told.
    Alarms,
    /// The roles.
    Roles,
    /// The state and its lock.
    State,
    /// Settings against the world.
    Settings,
}

impl Subject {
    /// All of them, in the order shown.
    pub const ALL: [Self; 7] =
        [Self::Kms, Self::Ecr, Self::Trail, Self::Alarms, Self::Roles, Self::State, Self::Settings];

    /// As the command line names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kms => "kms",
            Self::Ecr => "ecr",
            Self::Trail => "trail",
            Self::Alarms => "alarms",
            Self::Roles => "roles",
            Self::State => "state",
            Self::Settings => "settings",
        }
    }

    /// The subject of a check.
    pub fn of(check: &Check) -> Option<Self> {
        let name = check.id.split('.').next()?;
        Self::ALL.into_iter().find(|subject| subject.name() == name)
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Every check, by subject.
    pub checks: Vec<Check>,
}

/// Makes all checks.
pub fn examine(settings: &Settings, caller: &Caller, facts: &Facts, asks: &Asks) -> Report {
    let case = Case::new(settings, caller, facts, asks);
    let mut found = checks::all(&case);
    found.sort_by_key(Subject::of);
    explain(&mut found);
    Report { checks: found }
}

/// The most steps from a symptom to its cause.
const DEEPEST: usize = 8;

/// Ties each check that does not pass to the one that explains it, if any does.
fn explain(checks: &mut [Check]) {
    let mut reasons: BTreeMap<String, String> = checks
        .iter()
        .filter_map(|check| Some((check.id.clone(), nearest(check, checks)?.id.clone())))
        .collect();
    let unexplained = checks.iter().filter(|check| !reasons.contains_key(&check.id));
    reasons.extend(of_one_call(unexplained));
    for check in checks {
        let mut reason = reasons.get(&check.id);
        for _ in 0..DEEPEST {
            match reason.and_then(|id| reasons.get(id)) {
                Some(deeper) => reason = Some(deeper),
                None => break,
            }
        }
        check.because_of = reason.filter(|id| **id != check.id).cloned();
    }
}

/// Of what is undecided because one call was not answered, all but the first, each with the first: one answer decides all.
fn of_one_call<'a>(checks: impl Iterator<Item = &'a Check>) -> Vec<(String, String)> {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut rest = Vec::new();
    for check in checks {
        let Some(call) = &check.unanswered else { continue };
        match first.get(call.as_str()) {
            Some(id) => rest.push((check.id.clone(), (*id).to_owned())),
            None => drop(first.insert(call, &check.id)),
        }
    }
    rest
}

/// What leaves nothing to be said of the foundation: whatever is looked at is another account's or region's, or nothing.
/// A wrong clock is none of these: what AWS answered in spite of it is so.
const ELSEWHERE: [&str; 3] = ["settings.credentials", "settings.account", "settings.region"];

/// The first check that explains another: one that is at least as bad, or whose failure leaves it undecided.
fn nearest<'a>(check: &Check, checks: &'a [Check]) -> Option<&'a Check> {
    if check.status == Status::Pass {
        return None;
    }
    let explains = |other: &Check, id: &str| {
        let is_named = if id.ends_with('/') { other.id.starts_with(id) } else { other.id == id };
        let is_worse = match check.status {
            Status::Unknown => matches!(other.status, Status::Unknown | Status::Fail),
            Status::Fail => other.status == Status::Fail,
            Status::Warn => matches!(other.status, Status::Warn | Status::Fail),
            Status::Pass => false,
        };
        is_named && is_worse && other.id != check.id
    };
    let is_of_foundation = !matches!(Subject::of(check), Some(Subject::State | Subject::Settings));
    let elsewhere = ELSEWHERE.iter().copied().filter(|_| is_of_foundation);
    let mut reasons = check.explained_by.iter().map(String::as_str).chain(elsewhere);
    reasons.find_map(|id| checks.iter().find(|other| explains(other, id)))
}

impl Report {
    /// The same with the checks of these subjects alone, and the causes of what they show.
    #[must_use]
    pub fn about(&self, subjects: &[Subject]) -> Self {
        let is_asked = |check: &Check| Subject::of(check).is_some_and(|subject| subjects.contains(&subject));
        let causes: Vec<&String> = self
            .checks
            .iter()
            .filter(|check| is_asked(check))
            .filter_map(|check| check.because_of.as_ref())
            .collect();
        let kept = self.checks.iter().filter(|check| is_asked(check) || causes.contains(&&check.id));
        Self { checks: kept.cloned().collect() }
    }

    /// The worst of all: a failure wins over what is undecided, and that over a warning.
    pub fn verdict(&self) -> Status {
        self.checks.iter().map(|check| check.status).max().unwrap_or(Status::Pass)
    }

    /// The checks that stand so and are no symptoms of others.
    pub fn causes(&self, status: Status) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(move |check| check.status == status && check.because_of.is_none())
    }

    /// What hangs on a check.
    pub fn symptoms<'a>(&'a self, cause: &'a Check) -> impl Iterator<Item = &'a Check> {
        self.checks.iter().filter(|check| check.because_of.as_deref() == Some(&cause.id))
    }
}
