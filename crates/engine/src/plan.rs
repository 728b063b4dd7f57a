//! A plan: what an apply would do, as a value.

use std::collections::{BTreeMap, BTreeSet};

use foundation::{Caller, OutputExpression, OwnStatement, Region, Review};
use serde::{Deserialize, Serialize};
use terraform::{Address, Attributes, Value};

/// What an apply does, resource by resource, and what it leads to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The account that it is for.
    pub caller: Caller,
    /// The region of everything regional.
    pub region: Region,
    /// What the plan is for.
    pub goal: Goal,
    /// The state it was made from.
    pub prior: Prior,
    /// Every resource of the foundation, unchanged ones included; makings first in order of dependency.
    pub changes: Vec<Change>,
    /// The outputs that change, by name.
    pub outputs: BTreeMap<String, OutputChange>,
    /// The outputs that stay as they are, by name.
    pub unchanged_outputs: BTreeMap<String, Value>,
    /// All outputs as expressions.
    pub expressions: BTreeMap<String, OutputExpression>,
    /// Whether `-target` left resources out.
    pub targeted: bool,
    /// Whether AWS was not asked about what the state records (`-refresh=false`).
    #[serde(default)]
    pub unasked: bool,
    /// What others did to the foundation, and what is wrong with it.
    #[serde(default)]
    pub review: Review,
    /// What a change does to what is not ours.
    #[serde(default)]
    pub effects: Vec<Effect>,
    /// The statements of policies that are the user's own.
    #[serde(default)]
    pub own_statements: Vec<OwnStatement>,
}

/// What a change does beside itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// The resource that is changed.
    pub address: Address,
    /// What happens: a sentence without its period.
    pub sentence: String,
    /// The setting that would keep it, with its value.
    #[serde(default)]
    pub kept_by: Option<(String, Value)>,
}

/// What a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// The foundation as the settings say.
    Apply,
    /// Only to record what there is.
    Refresh,
    /// Nothing but what is retained; `delete_key` schedules the key's deletion too.
    Destroy {
        /// Whether the key goes.
        delete_key: bool,
    },
}

/// The state a plan was made from; a state that differs has moved on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prior {
    /// Its lineage.
    pub lineage: String,
    /// Its serial; 0 when there was none.
    pub serial: u64,
}

/// What happens to one resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Which.
    pub address: Address,
    /// What.
    pub action: Action,
    /// Whether it is an object of ours that the state does not record yet.
    pub import: bool,
    /// Whether destroying or replacing it leaves the object in AWS.
    pub retain: bool,
    /// The object as it is; `None` when there is none.
    pub before: Option<Attributes>,
    /// The object as it shall be, templates where a value is not known yet; `None` when it goes.
    pub after: Option<Attributes>,
    /// The attributes that differ, in the schema's order.
    pub differences: Vec<String>,
    /// Why it is replaced or removed; `None` when that goes without saying.
    pub reason: Option<Reason>,
    /// What changed outside of underpin since it was recorded.
    pub drift: Option<Drift>,
    /// What must be made before it (direct).
    pub depends_on: Vec<Address>,
    /// What depended on it when it was recorded.
    pub dependents: Vec<Address>,
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Nothing.
    NoOp,
    /// It is made.
    Create,
    /// It is changed in place.
    Update,
    /// It is removed and made again; a retained one is left and a new one is made.
    Replace,
    /// It is removed; a retained one is scheduled for deletion.
    Delete,
    /// It stays in AWS and in the state although all else goes.
    Retain,
    /// It stays in AWS and leaves the state: it belongs to an object that is left as well.
    Forget,
}

/// Why a resource is replaced or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The state says that it was not made well.
    Tainted,
    /// An attribute that takes another object differs.
    Identity,
    /// `-replace` asked for it.
    Requested,
    /// What it hangs on is made anew.
    Dependency,
    /// The settings want it no longer.
    Undesired,
}

/// What changed outside of underpin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drift {
    /// The object is gone; it was recorded so.
    Deleted(Attributes),
    /// Attributes differ from the record: name, recorded, observed.
    Changed(Vec<(String, Value, Value)>),
}

/// What happens to one output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutputChange {
    /// The recorded value.
    pub before: Option<Value>,
    /// The value after; a template when it is not known yet; `None` when the output goes.
    pub after: Option<Value>,
}

/// How many resources a plan touches, as Terraform counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Found and recorded.
    pub import: usize,
    /// Made.
    pub add: usize,
    /// Changed in place.
    pub change: usize,
    /// Removed.
    pub destroy: usize,
}

impl Plan {
    /// How many resources it touches.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for change in &self.changes {
            counts.import += usize::from(change.import);
            match change.action {
                Action::NoOp | Action::Retain | Action::Forget => {}
                Action::Create => counts.add += 1,
                Action::Update => counts.change += 1,
                Action::Delete => counts.destroy += 1,
                Action::Replace => {
                    counts.add += 1;
                    counts.destroy += usize::from(!change.retain);
                }
            }
        }
        counts
    }

    /// Everything a resource depends on, directly or not, sorted, as a state lists it.
    pub fn dependencies(&self, address: &Address) -> Vec<String> {
        let direct = |address: &Address| {
            let change = self.changes.iter().find(|change| change.address == *address);
            change.into_iter().flat_map(|change| &change.depends_on)
        };
        let (mut all, mut next) = (BTreeSet::new(), vec![address]);
        while let Some(address) = next.pop() {
            next.extend(direct(address).filter(|dependency| all.insert(*dependency)));
        }
        all.into_iter().map(Address::to_string).collect()
    }

    /// Every output, unchanged ones included, and those that the settings leave out: they are `None` on both sides.
    pub fn all_outputs(&self) -> BTreeMap<&String, OutputChange> {
        let mut all = BTreeMap::new();
        if !self.targeted {
            let nothing = OutputChange { before: None, after: None };
            all.extend(self.expressions.keys().map(|name| (name, nothing.clone())));
        }
        all.extend(self.unchanged_outputs.iter().map(|(name, value)| {
            let value = Some(value.clone());
            (name, OutputChange { before: value.clone(), after: value })
        }));
        all.extend(self.outputs.iter().map(|(name, change)| (name, change.clone())));
        all
    }

    /// Whether an apply would do or record anything.
    pub fn is_applyable(&self) -> bool {
        self.counts() != Counts::default()
            || self.has_forgotten()
            || !self.outputs.is_empty()
            || self.goal == Goal::Refresh && self.has_drift()
    }

    /// Whether nothing has to be done and nothing has to be said.
    pub fn is_clear(&self) -> bool {
        !self.is_applyable() && self.review.findings.is_empty()
    }

    /// Whether anything leaves the state and stays in AWS.
    pub fn has_forgotten(&self) -> bool {
        self.changes.iter().any(|change| change.action == Action::Forget)
    }

    /// Whether anything changed outside of underpin.
    pub fn has_drift(&self) -> bool {
        self.changes.iter().any(|change| change.drift.is_some())
    }
}
