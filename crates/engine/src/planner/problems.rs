//! What stops a plan: objects of somebody else that are in the way, and options that cannot be followed.

use foundation::Blueprint;
use terraform::{Address, Diagnostic};

use super::Options;
use crate::cloud::Foreign;
use crate::observation::{Observation, Observed};

/// All of it at once.
pub(super) fn problems(
    blueprint: &Blueprint,
    observation: &Observation,
    options: &Options,
) -> Vec<Diagnostic> {
    let foreign = observation.objects.iter().filter_map(|(address, observed)| match observed {
        Observed::Foreign(foreign) => Some(
            Diagnostic::error(
                format!("{} exists already and is not ours", foreign.id),
                format!(
                    "It would be recorded as {address}, but it carries no sign that this deployment made it: {}. \
                     underpin never changes or adopts such an object by itself.",
                    foreign.owner
                ),
            )
            .about(address.to_string())
            .hint(advice(foreign)),
        ),
        _ => None,
    });
    let asked = options.targets.iter().chain(&options.replace);
    let unknown = asked.filter(|address| blueprint.resource(address).is_none()).map(|address| {
        let addresses: Vec<_> =
            blueprint.resources.iter().map(|resource| resource.address.to_string()).collect();
        Diagnostic::error(
            "No such resource",
            format!(
                "{address} is not a resource of this foundation. Its resources are: {}.",
                addresses.join(", ")
            ),
        )
    });
    let is_retained =
        |address: &&Address| blueprint.resource(address).is_some_and(|resource| resource.retain);
    let retained = options.replace.iter().filter(is_retained).map(|address| {
        let detail =
            format!("{address} holds the audit log or what is needed to read it, and is never removed.");
        Diagnostic::error("Retained resources are not replaced", detail)
    });
    foreign.chain(unknown).chain(retained).collect()
}

/// What to do about an object in the way.
fn advice(foreign: &Foreign) -> String {
    match &foreign.deployment {
        Some(deployment) => format!(
            "use the backend configuration of that deployment's state; if that state is lost: underpin adopt \
             -deployment={deployment}; or choose another project_name or environment"
        ),
        None => "if a Terraform state records it: underpin adopt -from-state=FILE, or underpin adopt -from-backend when it \
                 is the state of this backend; if no state does: underpin adopt; or choose another project_name or environment"
            .to_owned(),
    }
}
