//! What stops a plan: objects of somebody else that are in the way, and options that cannot be followed.

use std::collections::BTreeMap;

use foundation::{Blueprint, premises};
use terraform::{Address, Diagnostic, similar};

use super::Options;
use crate::cloud::Foreign;
use crate::observation::{Observation, Observed};
use crate::plan::Goal;

/// All of it at once.
pub(super) fn problems(
    blueprint: &Blueprint,
    observation: &Observation,
    options: &Options,
) -> Vec<Diagnostic> {
    let foreign = in_the_way(observation);
    let asked = options.targets.iter().chain(&options.replace);
    let unknown = asked.filter(|address| blueprint.resource(address).is_none());
    let unknown = unknown.map(|address| no_such_resource(address, blueprint));
    let is_retained =
        |address: &&Address| blueprint.resource(address).is_some_and(|resource| resource.retain);
    let retained = options.replace.iter().filter(is_retained).map(|address| {
        let detail =
            format!("{address} holds the audit log or what is needed to read it, and is never removed.");
        Diagnostic::error("Retained resources are not replaced", detail)
    });
    let unmet = premises::unmet(blueprint, &observation.premises, options.today.as_deref());
    let unmet = unmet.into_iter().filter(|_| options.goal == Goal::Apply);
    foreign.into_iter().chain(unknown).chain(retained).chain(unmet).collect()
}

/// The objects of others, those of one owner together.
fn in_the_way(observation: &Observation) -> Vec<Diagnostic> {
    let mut owners = BTreeMap::<_, Vec<(&Address, &Foreign)>>::new();
    for (address, observed) in &observation.objects {
        if let Observed::Foreign(foreign) = observed {
            owners.entry((&foreign.deployment, &foreign.owner)).or_default().push((address, foreign));
        }
    }
    owners.values().filter_map(|objects| owned(objects)).collect()
}

/// What to say of the objects of one owner.
fn owned(objects: &[(&Address, &Foreign)]) -> Option<Diagnostic> {
    const SHOWN: usize = 3;
    let (first, foreign) = objects.first()?;
    let finding = match objects {
        [_] => Diagnostic::error(
            format!("{} exists already and is not ours", foreign.id),
            format!(
                "It would be recorded as {first}, but it carries no sign that this deployment made it: {}. underpin never \
                 changes or adopts such an object by itself.",
                foreign.owner
            ),
        )
        .about(first.to_string()),
        several => {
            let names: Vec<&str> = several.iter().take(SHOWN).map(|(_, foreign)| short(&foreign.id)).collect();
            let more = match several.len().saturating_sub(SHOWN) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            Diagnostic::error(
                format!("{} objects exist already and are not ours", several.len()),
                format!("{}{more} belong to: {}. underpin changes none of them.", names.join(", "), foreign.owner),
            )
        }
    };
    Some(finding.hint(advice(foreign)))
}

/// The name at the end of an ARN; any other id whole.
fn short(id: &str) -> &str {
    if id.starts_with("arn:") { id.rsplit(['/', ':']).next().unwrap_or(id) } else { id }
}

fn no_such_resource(address: &Address, blueprint: &Blueprint) -> Diagnostic {
    let known: Vec<String> =
        blueprint.resources.iter().map(|resource| resource.address.to_string()).collect();
    let detail = format!("{address} is not a resource of this foundation.");
    let finding = Diagnostic::error("No such resource", detail);
    match similar(&address.to_string(), known.iter().map(String::as_str)) {
        Some(meant) => finding.hint(format!("did you mean {meant}?")),
        None => finding.hint(format!("its resources are: {}", known.join(", "))),
    }
}

/// What to do about an object in the way.
fn advice(foreign: &Foreign) -> String {
    match (foreign.elsewhere, foreign.id.contains(":trail/")) {
        (true, true) => {
            return "choose another project_name or environment; to see it: aws cloudtrail describe-trails"
                .to_owned();
        }
        (true, false) => return "set cloudtrail_bucket_suffix to another one".to_owned(),
        (false, _) => {}
    }
    match &foreign.deployment {
        Some(deployment) => format!(
            "use that deployment's state, in another workspace: underpin workspace list; or by its backend configuration; if that \
             state is lost: underpin adopt -deployment={deployment}; or choose another project_name or environment"
        ),
        None => "if a Terraform state records it: underpin adopt -from-state=FILE, or underpin adopt -from-backend when it \
                 is the state of this backend; if no state does: underpin adopt; or choose another project_name or environment"
            .to_owned(),
    }
}
