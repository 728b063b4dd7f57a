//! Policies that a plan must not write: under which nobody could change the key's policy again, CloudTrail could not
//! deliver, the logs could not be read, or a role not be assumed by the service that it is for. Pure.
//!
//! Only what a plan brings about is refused. What is so already is no reason to stop anything, and what cannot be decided is
//! a warning.

mod needs;

use foundation::{Accepted, Compare, Topic, kinds};
use policy::{
    Decision, Kind, Policies, Policy, Prepared, Principal, Somebody, Statement, Undecided, Verdict, evaluate,
    somebody,
};
use terraform::{Attributes, Diagnostic, Value};

use crate::plan::{Action, Change, Plan};
use crate::template;

use self::needs::{Need, needs};

/// Everything that a plan would make impossible, with the statement at fault; a warning where that cannot be told. Nothing
/// that one of these entries names.
pub fn refusals(plan: &Plan, accepted: &[&Accepted]) -> Vec<Diagnostic> {
    plan.changes.iter().flat_map(|change| of_change(change, plan, accepted)).collect()
}

fn of_change(change: &Change, plan: &Plan, accepted: &[&Accepted]) -> Vec<Diagnostic> {
    if !matches!(change.action, Action::Create | Action::Update | Action::Replace) {
        return Vec::new();
    }
    let Some(schema) = kinds::schema_of(change.address.resource_type()) else { return Vec::new() };
    let mut found = Vec::new();
    for attribute in schema.attributes {
        let Compare::Policy(kind) = attribute.compare else { continue };
        let Some(after) = policy_in(change.after.as_ref(), attribute.name) else { continue };
        let before = match change.action {
            Action::Update => policy_in(change.before.as_ref(), attribute.name),
            _ => None,
        };
        let mut needs = needs(kind, change, plan);
        needs.retain(|need| !need.is_accepted(accepted));
        found.extend(needs.iter().filter_map(|need| refusal(need, (&after, before.as_ref()), kind, change)));
    }
    found
}

/// A policy with a stand-in for what is known only after an apply.
fn policy_in(object: Option<&Attributes>, name: &str) -> Option<Policy> {
    Policy::parse(resolved(object?.get(name)?).as_str()?).ok()
}

/// A value with the same stand-in for everything that is not known yet.
fn resolved(value: &Value) -> Value {
    template::resolve(value, &|_| Some(Value::from("known-after-apply")))
}

/// An error, if the plan takes away what is needed.
fn refusal(
    need: &Need,
    (after, before): (&Policy, Option<&Policy>),
    kind: Kind,
    change: &Change,
) -> Option<Diagnostic> {
    let met = met(need, after, kind);
    if met == Met::Yes || before.is_some_and(|before| self::met(need, before, kind) != Met::Yes) {
        return None;
    }
    if let Met::Undecided(why) = met {
        return Some(undecided(need, &why, change));
    }
    let verdict = verdict(need, after);
    let at_fault = match verdict.deciding.first() {
        Some(deciding) if verdict.decision == Decision::ExplicitDeny => {
            let name = match &deciding.sid {
                Some(sid) => format!("statement `{sid}`"),
                None => format!("statement {}", deciding.statement + 1),
            };
            format!("{name} denies it")
        }
        _ => "no statement allows it".to_owned(),
    };
    let mut hint = match verdict.decision {
        Decision::ExplicitDeny => {
            "leave the statement out, or except from it who needs this: a condition such as ArnNotLike on aws:PrincipalArn, or \
                 Bool aws:PrincipalIsAWSService = false"
        }
        _ => "let the policy allow it; the statements that underpin writes by itself do",
    }
    .to_owned();
    if let Some(role) = &need.role {
        hint.push_str(&format!("; if it is meant so: accepted = [\"{}:{role}\"]", Topic::Trust.name()));
    }
    let detail = format!("With the planned policy of {}, {at_fault}. {}.", change.address, need.consequence);
    Some(Diagnostic::error(need.summary, detail).about(change.address.to_string()).hint(hint))
}

/// The warning that something may have become impossible.
fn undecided(need: &Need, why: &[Undecided], change: &Change) -> Diagnostic {
    let why: Vec<String> = why.iter().map(ToString::to_string).collect();
    let detail = format!(
        "With the planned policy of {} it cannot be told whether anybody may do {}: {}. If nobody may: {}.",
        change.address,
        need.request.action,
        why.join(", "),
        need.consequence
    );
    Diagnostic::warning(format!("Perhaps: {}", need.summary), detail)
        .about(change.address.to_string())
        .hint("write the statements with fewer wildcards or variables")
}

/// Whether what is needed is possible.
#[derive(PartialEq)]
enum Met {
    Yes,
    No,
    Undecided(Vec<Undecided>),
}

/// Whether the service can do it, or somebody of the account.
fn met(need: &Need, policy: &Policy, kind: Kind) -> Met {
    let decided = |can: bool| if can { Met::Yes } else { Met::No };
    match need.request.principal {
        Principal::Service(_) => decided(verdict(need, policy).is_allowed()),
        _ => match somebody(policy, kind, &need.request) {
            Somebody::Undecided(why) => Met::Undecided(why),
            somebody => decided(somebody.can()),
        },
    }
}

impl Need {
    fn is_accepted(&self, accepted: &[&Accepted]) -> bool {
        let names = |role: &String| accepted.iter().any(|entry| entry.accepts(Topic::Trust, role));
        self.role.as_ref().is_some_and(names)
    }
}

/// What is decided about the service, or about the account's root user, whose own policies allow everything.
fn verdict(need: &Need, policy: &Policy) -> Verdict {
    let everything: Prepared = Policy::new([Statement::allow().actions(["*"]).resources(["*"])]).prepare();
    let (identity, resource) = ([everything], policy.prepare());
    let identity = if matches!(need.request.principal, Principal::Aws(_)) { &identity[..] } else { &[] };
    evaluate(&Policies { identity, resource: Some(&resource), ..Policies::default() }, &need.request)
}

#[cfg(test)]
mod tests;
