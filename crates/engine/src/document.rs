//! A saved plan as Terraform's JSON document. Pure: nothing is asked, nothing printed.

mod configuration;
mod object;
mod outputs;
mod resources;

use foundation::{Finding, Review};
use serde_json::json;
use terraform::Value;
use terraform::plan_json::{Document, Variable};
use terraform::state_json::{self, Module, Values};

use crate::permissions::permission_changes;
use crate::plan_file::PlanFile;

/// The document of a saved plan.
pub fn document(file: &PlanFile) -> Document {
    let (plan, basis) = (&file.plan, &file.basis);
    let prior = Values { outputs: outputs::prior(plan), root_module: module(resources::prior(plan)) };
    let nothing = prior.outputs.is_empty() && prior.root_module.resources.is_empty();
    Document {
        variables: basis
            .variables
            .iter()
            .map(|(name, value)| (name.clone(), Variable { value: value.clone() }))
            .collect(),
        planned_values: Values {
            outputs: outputs::planned(plan),
            root_module: module(resources::planned(plan)),
        },
        resource_drift: resources::drift(plan),
        resource_changes: resources::changes(plan),
        output_changes: outputs::changes(plan),
        prior_state: (!nothing).then(|| state_json::Document::with(prior)),
        configuration: configuration::configuration(plan, basis),
        relevant_attributes: configuration::relevant(plan, basis),
        permission_changes: permission_changes(plan),
        findings: findings(&plan.review),
        own_statements: plan.own_statements.iter().filter_map(|own| serde_json::to_value(own).ok()).collect(),
        applyable: plan.is_applyable(),
        complete: !plan.targeted,
        ..Document::new(basis.timestamp.clone())
    }
}

/// What was found, with the entries that accept it.
fn findings(review: &Review) -> Vec<Value> {
    let of = |findings: &[Finding], accepted: bool| {
        let shown = findings.iter().map(move |finding| {
            json!({
                "kind": finding.kind,
                "entry": finding.entry(),
                "address": finding.address.to_string(),
                "sentence": finding.sentence,
                "accepted": accepted,
            })
        });
        shown.collect::<Vec<_>>()
    };
    [of(&review.findings, false), of(&review.accepted, true)].concat()
}

/// A root module of resources, in the order of their addresses.
fn module(mut resources: Vec<state_json::Resource>) -> Module {
    resources.sort_by(|left, right| left.address.cmp(&right.address));
    Module { resources, ..Module::default() }
}
