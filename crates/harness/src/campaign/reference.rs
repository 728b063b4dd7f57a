//! The undisturbed run: which calls it makes, and what there is after it.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use crate::call::Call;
use crate::error::Error;
use crate::journal::Entry;
use crate::mask;
use crate::world::{Baseline, Observed, STATE_BUCKET, STATE_KEY, World};

use super::scenario::Scenario;

/// A call by what it is and not by when it comes: calls run side by side, and their order is never the same twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallName {
    /// `iam:CreateRole NAME`, generated names masked.
    pub call: String,
    /// The how-manieth such call of the run, from 1.
    pub occurrence: usize,
}

impl CallName {
    /// Reads what [`fmt::Display`] has written.
    pub fn parse(text: &str) -> Option<Self> {
        let (call, occurrence) = text.rsplit_once('#')?;
        Some(Self { call: call.to_owned(), occurrence: occurrence.parse().ok()? })
    }

    /// Whether it writes the state.
    pub fn writes_state(&self) -> bool {
        self.call == format!("s3:PutObject {STATE_BUCKET}/{STATE_KEY}")
    }

    /// Answers the name of a call, without its number.
    pub(crate) fn of(call: &Call) -> String {
        named(&call.service, &call.action, &call.resource)
    }
}

impl fmt::Display for CallName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}#{}", self.call, self.occurrence)
    }
}

fn named(service: &str, action: &str, resource: &str) -> String {
    format!("{service}:{action} {}", mask::plain(resource)).trim_end().to_owned()
}

/// What an undisturbed run did and left.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Its calls, sorted by name.
    pub calls: Vec<CallName>,
    /// What there is after it.
    pub observed: Observed,
    /// How long it took.
    pub wall: Duration,
}

impl Reference {
    /// Runs the scenario's command without any fault.
    ///
    /// # Errors
    /// It failed.
    pub fn take(world: &mut World, baseline: &Baseline, scenario: Scenario) -> Result<Self, Error> {
        world.begin(baseline)?;
        let run = world.succeed(&scenario.command())?;
        let calls = names(&world.proxy().journal());
        Ok(Self { calls, observed: world.observe()?, wall: run.wall })
    }
}

fn names(journal: &[Entry]) -> Vec<CallName> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut names: Vec<CallName> = journal
        .iter()
        .map(|entry| {
            let call = named(&entry.service, &entry.action, &entry.resource);
            let count = counts.entry(call.clone()).or_default();
            *count += 1;
            CallName { call, occurrence: *count }
        })
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written() {
        let name = CallName { call: "s3:PutBucketPolicy a#b".to_owned(), occurrence: 12 };
        assert_eq!(CallName::parse(&name.to_string()), Some(name));
        assert_eq!(CallName::parse("iam:GetRole r"), None);
    }
}
