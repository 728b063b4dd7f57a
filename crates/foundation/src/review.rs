//! What others did to the foundation, and what is wrong with it, judged from what a review read. Pure.

mod alerts;
mod bucket;
pub mod fact;
mod key;
mod role;
#[cfg(test)]
mod tests;
pub mod topic;
mod trail;

use std::collections::{BTreeMap, BTreeSet};

use policy::Policy;
use serde::{Deserialize, Serialize};
use terraform::{Address, Attributes, Diagnostic, Value};

use crate::accepted::Accepted;
use crate::addresses;
use crate::blueprint::Blueprint;
use crate::finding::{Finding, FindingKind, Topic};
use crate::resource::Resource;
use fact::Fact;

pub use alerts::{unconfirmed, unreached};

/// What a review looks at.
#[derive(Clone, Copy, Debug)]
pub struct Reviewed<'a> {
    /// The objects as AWS answers them.
    pub observed: &'a BTreeMap<Address, Attributes>,
    /// The objects as the state records them.
    pub recorded: &'a BTreeMap<Address, Attributes>,
    /// What was read beside the objects; `None` where AWS was not asked.
    pub facts: Option<&'a BTreeMap<Address, Vec<Fact>>>,
    /// Today, `YYYY-MM-DD`, for entries that end; `None` where that does not matter.
    pub today: Option<&'a str>,
    /// What was found when the objects were taken over, as entries of `accepted`, by the resource.
    pub adopted: &'a BTreeMap<Address, BTreeSet<String>>,
}

/// What a review comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// What nobody accepted.
    pub findings: Vec<Finding>,
    /// What the settings accept.
    pub accepted: Vec<Finding>,
    /// Grants on the key that are there for the services that use it.
    pub ordinary_grants: usize,
    /// Entries of `accepted` that accept nothing.
    pub idle: Vec<Idle>,
    /// Whether the settings say what is accepted, so that what an adoption found counts no longer.
    #[serde(default)]
    pub says_accepted: bool,
}

/// An entry of `accepted` that accepts nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idle {
    /// As it is written.
    pub entry: String,
    /// The last day on which it counted, if it is over.
    pub until: Option<String>,
    /// Why it was accepted.
    pub reason: Option<String>,
}

impl Review {
    /// Warnings about entries that accept nothing.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        self.idle.iter().map(Idle::warning).collect()
    }

    /// How many findings of a kind nobody accepted.
    pub fn count(&self, kind: FindingKind) -> usize {
        self.findings.iter().filter(|finding| finding.kind == kind).count()
    }
}

/// Judges what was read.
pub fn review(blueprint: &Blueprint, reviewed: &Reviewed<'_>) -> Review {
    let Some(facts) = reviewed.facts else { return Review::default() };
    let around = Circumstances::new(blueprint, reviewed);
    let mut findings = Vec::new();
    for (address, facts) in facts {
        findings.extend(facts.iter().filter_map(|fact| judge(fact, address, &around)));
    }
    for resource in &blueprint.resources {
        findings.extend(about(resource, &around));
    }
    findings.iter_mut().for_each(|finding| around.leave_adopted(finding));
    findings.sort_by(|left, right| {
        (left.kind, &left.address, left.topic, &left.objects).cmp(&(
            right.kind,
            &right.address,
            right.topic,
            &right.objects,
        ))
    });
    findings.dedup();
    let entries = blueprint.accepted.as_deref().unwrap_or_default();
    let (standing, over): (Vec<&Accepted>, Vec<&Accepted>) =
        entries.iter().partition(|entry| !entry.is_over(reviewed.today));
    let names_something = |entry: &Accepted| {
        entry.topic == Topic::GapStopped || findings.iter().any(|finding| entry.names(finding))
    };
    let unmatched =
        standing.iter().filter(|entry| !names_something(entry)).map(|entry| Idle::of(entry, None));
    let idle = over.into_iter().map(|entry| Idle::of(entry, entry.until.clone())).chain(unmatched).collect();
    let (accepted, findings) =
        findings.into_iter().partition(|finding| standing.iter().any(|entry| entry.names(finding)));
    let ordinary = |fact: &&Fact| matches!(fact, Fact::Grant(grant) if key::is_ordinary(grant, &around));
    let ordinary_grants = facts.values().flatten().filter(ordinary).count();
    Review { findings, accepted, ordinary_grants, idle, says_accepted: blueprint.accepted.is_some() }
}

/// Warnings about principals of the key policy that are no more.
pub fn orphans(blueprint: &Blueprint, observed: &BTreeMap<Address, Attributes>) -> Vec<Diagnostic> {
    let key = blueprint.only("aws_kms_key");
    key.and_then(|key| Some(orphaned_principals(key, observed.get(&key.address)?))).unwrap_or_default()
}

fn judge(fact: &Fact, address: &Address, around: &Circumstances<'_>) -> Option<Finding> {
    match fact {
        Fact::Denied { permission, hides } => {
            let sentence = format!("{permission} was denied: {hides} cannot be seen");
            Some(Finding::new(FindingKind::Foreign, (Topic::Denied, permission), address, sentence))
        }
        Fact::Refused { operation, code, hides } => {
            let sentence = format!("{operation} was refused ({code}): {hides} cannot be seen");
            Some(Finding::new(FindingKind::Foreign, (Topic::Unread, operation), address, sentence))
        }
        Fact::Unknown { operation, member, hides } => {
            let sentence = format!(
                "{operation} answers with `{member}`, which this version of underpin does not know: {hides} may be more than is told"
            );
            Some(Finding::new(FindingKind::Foreign, (Topic::Unread, operation), address, sentence))
        }
        Fact::Unread { permission, read } => {
            let sentence =
                format!("{permission} has more than the {read} that were read: the rest was not looked at");
            Some(Finding::new(FindingKind::Foreign, (Topic::Unread, permission), address, sentence))
        }
        _ => match address.resource_type() {
            "aws_kms_key" => key::judge(fact, address, around),
            "aws_iam_role" => role::judge(fact, address, around),
            "aws_s3_bucket" => bucket::judge(fact, address, around),
            "aws_cloudtrail" => trail::judge(fact, address, around),
            "aws_cloudwatch_event_rule" | "aws_cloudwatch_log_group" | "aws_sns_topic" => {
                alerts::judge(fact, address, around)
            }
            _ => None,
        },
    }
}

/// What an object's own attributes show.
fn about(resource: &Resource, around: &Circumstances<'_>) -> Vec<Finding> {
    let address = &resource.address;
    match (address.resource_type(), around.reviewed.observed.get(address)) {
        ("aws_iam_role", Some(observed)) => role::of(resource, observed, around),
        ("aws_cloudtrail", Some(observed)) => trail::of(resource, observed, around),
        ("aws_kms_key", Some(observed)) => key::unrotatable(observed, address).into_iter().collect(),
        ("aws_kms_key", None) => {
            let id = around.recorded(address, "key_id").or(around.recorded(address, "id"));
            id.map(|id| key::gone(id, address)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// What a fact is judged by.
pub(crate) struct Circumstances<'a> {
    blueprint: &'a Blueprint,
    reviewed: &'a Reviewed<'a>,
    /// The account's id.
    account: &'a str,
}

impl<'a> Circumstances<'a> {
    fn new(blueprint: &'a Blueprint, reviewed: &'a Reviewed<'a>) -> Self {
        let account = blueprint.outputs.get("aws_account_id").and_then(|output| output.value.as_str());
        Self { blueprint, reviewed, account: account.unwrap_or_default() }
    }

    /// A text that AWS answered of an object of ours.
    fn text(&self, address: &Address, attribute: &str) -> Option<&'a str> {
        self.reviewed.observed.get(address)?.get(attribute)?.as_str()
    }

    /// A text that the state records of an object of ours.
    fn recorded(&self, address: &Address, attribute: &str) -> Option<&'a str> {
        self.reviewed.recorded.get(address)?.get(attribute)?.as_str()
    }

    /// The ARN of an object of ours.
    fn arn(&self, address: &Address) -> &'a str {
        self.text(address, "arn").or(self.recorded(address, "arn")).unwrap_or("*")
    }

    /// The region of everything regional.
    fn region(&self) -> &'a str {
        self.blueprint.region.as_str()
    }

    /// The lifecycle rules that the state records.
    fn recorded_rules(&self) -> Option<&'a Vec<Value>> {
        let of = |(address, _): &(&Address, &Attributes)| {
            address.resource_type() == "aws_s3_bucket_lifecycle_configuration"
        };
        self.reviewed.recorded.iter().find(of)?.1.get("rule")?.as_array()
    }

    /// What was taken over as it was is kept until the settings say what of it is accepted.
    fn leave_adopted(&self, finding: &mut Finding) {
        let found = self.reviewed.adopted.get(&finding.address);
        let adopted = found.is_some_and(|entries| entries.contains(&finding.entry()));
        if finding.kind == FindingKind::Drift && self.blueprint.accepted.is_none() && adopted {
            finding.kind = FindingKind::Foreign;
            finding.hint = Some("taken over so, and kept; to have it repaired: accepted = []".to_owned());
        }
    }

    /// Whether the settings want an object of a type with this value.
    fn is_desired(&self, resource_type: &str, attribute: &str, value: &str) -> bool {
        self.blueprint.resources.iter().any(|resource| {
            resource.address.resource_type() == resource_type
                && resource.arguments.get(attribute).and_then(Value::as_str) == Some(value)
        })
    }

    /// Whether the settings want an object of a type with this value, or the state records one.
    fn is_ours(&self, resource_type: &str, attribute: &str, value: &str) -> bool {
        let is_of_type =
            |address: &Address| address.resource_type() == resource_type && addresses::is_managed(address);
        self.is_desired(resource_type, attribute, value)
            || self.reviewed.recorded.iter().any(|(address, attributes)| {
                is_of_type(address) && text(attributes, attribute) == Some(value)
            })
    }
}

impl Idle {
    fn of(entry: &Accepted, until: Option<String>) -> Self {
        Self { entry: entry.entry(), until, reason: entry.reason.clone() }
    }

    fn warning(&self) -> Diagnostic {
        let warning = match &self.until {
            Some(until) => {
                let reason = self
                    .reason
                    .as_ref()
                    .map(|reason| format!(" Its reason was: {reason}"))
                    .unwrap_or_default();
                let detail =
                    format!("`{}` was accepted until {until}, and counts no longer.{reason}", self.entry);
                Diagnostic::warning("An entry of `accepted` has ended", detail)
                    .hint("give the entry another `until`, or remove it and what it accepted")
            }
            None => {
                let detail = format!("`{}` names nothing that this review found.", self.entry);
                Diagnostic::warning("An entry of `accepted` names nothing", detail)
                    .hint("remove the entry, or correct it: the plan prints each finding's entry as it has to be written")
            }
        };
        warning.about("accepted")
    }
}

/// A warning for each principal of a key policy that was deleted since.
fn orphaned_principals(key: &Resource, observed: &Attributes) -> Vec<Diagnostic> {
    let Some(Ok(policy)) = text(observed, "policy").map(Policy::parse) else { return Vec::new() };
    policy
        .orphaned_principals()
        .into_iter()
        .map(|orphan| {
            let what = if orphan.id.starts_with("AROA") { "role" } else { "user" };
            let statement = match &orphan.sid {
                Some(sid) => format!("statement `{sid}`"),
                None => format!("statement {}", orphan.statement + 1),
            };
            let detail = format!(
                "The key policy's {statement} names `{}`, the id of a {what} that was deleted. A {what} that was made again \
                 under the old name is another principal and cannot use the key.",
                orphan.id
            );
            Diagnostic::warning("The key policy names a principal that no longer exists", detail)
                .about(key.address.to_string())
                .hint("run apply to write the policy again; if it names the principal in kms_key_administrators, make sure that it exists")
        })
        .collect()
}

fn text<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.get(name).and_then(Value::as_str)
}
