//! One trial: a run broken at one call, the plain run after it, and what there is then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::error::Error;
use crate::tool::Tool;
use crate::traffic::Verdict;
use crate::world::{Run, World};

use super::Setting;
use super::mishap::Mishap;
use super::reference::{CallName, Reference};
use super::scenario::Scenario;

/// How often a call that did not come is waited for in another run: how many writes of the state there are is a matter
/// of timing.
const TRIES: usize = 3;

/// How long a plain run may take.
const LIMIT: Duration = Duration::from_secs(180);

/// Where a run is broken, and how.
#[derive(Clone, Debug)]
pub struct Point {
    /// Its number among the calls of the undisturbed run, from 1.
    pub k: usize,
    /// The call.
    pub call: CallName,
    /// What goes wrong.
    pub mishap: Mishap,
}

/// When everything was as after an undisturbed run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The broken run itself ended well.
    SameRun,
    /// After the next plain run.
    NextRun,
    /// Only after somebody had done something by hand.
    ByHand,
    /// Not after that either.
    Never,
    /// The call did not come in any of the tries; nothing was tried.
    NotReached,
}

/// How a trial went.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Where and how.
    pub point: Point,
    /// When it was as it should be.
    pub ending: Ending,
    /// Objects beyond those of an undisturbed run, in the end.
    pub orphans: usize,
    /// Keys and log buckets among them.
    pub duplicates: usize,
    /// What had to be done by hand.
    pub manual: Option<String>,
    /// Whether a run had to be killed because it did not end.
    pub hung: bool,
    /// What was printed and what differs, when it did not converge by itself.
    pub report: String,
}

impl Trial {
    /// Whether it converged by itself, with nothing left over, or was not reached.
    pub fn is_good(&self) -> bool {
        matches!(self.ending, Ending::SameRun | Ending::NextRun | Ending::NotReached)
            && self.orphans == 0
            && self.duplicates == 0
            && !self.hung
    }

    /// Answers what failed where, with what, and the command that tries it again.
    pub fn complaint(&self, scenario: Scenario, tool: &Tool) -> String {
        let Point { k, call, mishap } = &self.point;
        let by_hand = self.manual.as_deref().map(|what| format!(", by hand: {what}")).unwrap_or_default();
        let terraform = if matches!(tool, Tool::Terraform(_)) { " --terraform" } else { "" };
        format!(
            "{:?}: {} {} ({}) at call {k}, {call}; orphans {}, duplicates {}, hung {}{by_hand}\n  \
             again: cargo xtask torture{terraform} --scenario {} --fault {} --call '{call}' --verbose",
            self.ending,
            scenario.name(),
            mishap.name,
            mishap.meaning,
            self.orphans,
            self.duplicates,
            self.hung,
            scenario.name(),
            mishap.name,
        )
    }

    /// Answers it as one line of JSON.
    pub fn line(&self, scenario: Scenario) -> String {
        json!({
            "scenario": scenario.name(), "fault": self.point.mishap.name, "k": self.point.k,
            "call": self.point.call.to_string(), "ending": format!("{:?}", self.ending),
            "orphans": self.orphans, "duplicates": self.duplicates, "manual": self.manual, "hung": self.hung,
            "report": self.report,
        })
        .to_string()
    }
}

/// Breaks the scenario's command at a point and lets plain runs finish it.
///
/// # Errors
/// The surroundings broke, which no trial is meant to break.
pub(super) fn attempt(world: &mut World, setting: &Setting<'_>, point: &Point) -> Result<Trial, Error> {
    let Setting { baseline, scenario, reference, .. } = *setting;
    for _ in 0..TRIES {
        world.begin(baseline)?;
        let struck = arm(world, point);
        let broken = world.run(&scenario.command(), point.mishap.limit())?;
        if struck.load(Ordering::Relaxed) {
            return finish(world, scenario, reference, point, &broken);
        }
    }
    Ok(Trial {
        point: point.clone(),
        ending: Ending::NotReached,
        orphans: 0,
        duplicates: 0,
        manual: None,
        hung: false,
        report: String::new(),
    })
}

fn finish(
    world: &mut World,
    scenario: Scenario,
    reference: &Reference,
    point: &Point,
    broken: &Run,
) -> Result<Trial, Error> {
    let mut trial = Trial {
        point: point.clone(),
        ending: Ending::SameRun,
        orphans: 0,
        duplicates: 0,
        manual: None,
        hung: broken.status.is_none(),
        report: format!("-- the broken run {}:\n{}", broken.ending(), broken.printed),
    };
    if !broken.is_success() {
        trial.ending = Ending::NextRun;
        world.proxy().reset();
        let next = world.run(&scenario.command(), LIMIT)?;
        trial.hung |= next.status.is_none();
        trial.report += &format!("-- the next run {}:\n{}", next.ending(), next.printed);
        if !next.is_success() {
            trial.ending = Ending::ByHand;
            trial.manual = Some(by_hand(world, scenario, &next, &mut trial.report)?);
        }
    }
    let observed = world.observe()?;
    let difference = observed.difference(&reference.observed);
    if !difference.is_empty() {
        trial.ending = Ending::Never;
        trial.report += &format!("-- what differs from an undisturbed run:\n{difference}\n");
    }
    (trial.orphans, trial.duplicates) = beyond(&reference.observed.account, &observed.account);
    if trial.is_good() {
        trial.report.clear();
    }
    Ok(trial)
}

/// Does what a person would have to do: gives a stuck lock back, then runs once more.
fn by_hand(world: &World, scenario: Scenario, failed: &Run, report: &mut String) -> Result<String, Error> {
    let Some(id) = lock_id(&failed.printed) else {
        return Ok("an error that no plain run mends".to_owned());
    };
    let unlocked = world.run(&["force-unlock", "-force", id], LIMIT)?;
    let last = world.run(&scenario.command(), LIMIT)?;
    *report += &format!("-- after force-unlock {}:\n{}{}", last.ending(), unlocked.printed, last.printed);
    Ok("force-unlock".to_owned())
}

/// Answers the id of the lock in Terraform's words, which are also ours.
fn lock_id(printed: &str) -> Option<&str> {
    let (_, after) = printed.split_once("Lock Info:")?;
    let (_, id) = after.split_once("ID:")?;
    id.split_whitespace().next()
}

/// Breaks the run at the point; answers whether it came to that.
fn arm(world: &World, point: &Point) -> Arc<AtomicBool> {
    let struck = Arc::new(AtomicBool::new(false));
    let (strike, wanted) = (Arc::clone(&struck), point.call.clone());
    let (fault, lasting) = (point.mishap.fault.clone(), point.mishap.state_only);
    let mut seen = 0;
    world.proxy().on(move |call| {
        if CallName::of(call) != wanted.call {
            return Verdict::Pass;
        }
        seen += 1;
        if seen == wanted.occurrence || lasting && seen > wanted.occurrence {
            strike.store(true, Ordering::Relaxed);
            return Verdict::Fault(fault.clone());
        }
        Verdict::Pass
    });
    struck
}

/// Counts what there is too much of: all objects, and keys and log buckets alone.
fn beyond(expected: &Value, actual: &Value) -> (usize, usize) {
    let count = |account: &Value, kind: &str| match account.get(kind) {
        Some(Value::Array(items)) => items.len(),
        Some(Value::Object(items)) => items.len(),
        _ => 0,
    };
    let more = |kind: &str| count(actual, kind).saturating_sub(count(expected, kind));
    let kinds = expected.as_object().into_iter().flat_map(|kinds| kinds.keys());
    (kinds.map(|kind| more(kind)).sum(), more("keys") + more("buckets"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_lock_in_what_terraform_prints() {
        let printed = "│ Lock Info:\n│   ID:        59f4-1\n│   Path:      b/k\n";
        assert_eq!(lock_id(printed), Some("59f4-1"));
        assert_eq!(lock_id("Error: something else"), None);
    }

    #[test]
    fn counts_what_is_too_much() {
        let expected = json!({"keys": [1], "buckets": {"a": 1}, "roles": {"r": 1, "s": 1}});
        let actual = json!({"keys": [1, 2], "buckets": {"a": 1, "b": 1}, "roles": {"r": 1, "s": 1, "t": 1}});
        assert_eq!(beyond(&expected, &actual), (3, 2));
        assert_eq!(beyond(&expected, &expected), (0, 0));
        assert_eq!(beyond(&actual, &expected), (0, 0));
    }
}
