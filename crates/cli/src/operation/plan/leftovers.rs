//! What a state holds at the foundation's addresses that underpin leaves as it is: objects that another tool was replacing,
//! instances of `count` and `for_each`, and tainted objects that are never replaced.

use engine::observation::managed;
use foundation::addresses;
use terraform::state::{Instance, Resource};
use terraform::{Address, Diagnostic, State};

use crate::typed::quoted;

/// A warning for each kind of leftover that there is.
pub(super) fn leftovers(state: &State) -> Vec<Diagnostic> {
    let ours = state.resources.iter().filter(|resource| {
        let address = Address::new(&resource.resource_type, &resource.name);
        resource.is_at(&address) && addresses::is_managed(&address)
    });
    let all: Vec<(&Resource, &Instance)> = ours
        .flat_map(|resource| resource.instances.iter().map(move |instance| (resource, instance)))
        .collect();
    let named = |of: fn(&Instance) -> bool| {
        let found = all.iter().filter(|(_, instance)| of(instance));
        found.map(|(resource, instance)| instance.address_in(&resource.address())).collect::<Vec<_>>()
    };
    let deposed = named(|instance| instance.deposed.is_some());
    let keyed = named(|instance| instance.deposed.is_none() && instance.index_key.is_some());
    let mut warnings: Vec<Diagnostic> = tainted(state).into_iter().collect();
    if !deposed.is_empty() {
        let detail = format!(
            "Another tool was replacing {} when it was cut off, and the old object may still exist. underpin leaves it as \
             it is, and keeps its record.",
            deposed.join(", ")
        );
        warnings.push(
            Diagnostic::warning("Deposed objects are not removed", detail)
                .hint(
                    "remove them with the tool that made them: terraform apply does it, in its own configuration or, after \
                     underpin export terraform DIR, in that directory",
                ),
        );
    }
    if let Some(first) = keyed.first() {
        let detail = format!(
            "The state holds {}, with instance keys. The foundation's addresses have none, so underpin leaves these alone.",
            keyed.join(", ")
        );
        let plain = first.split('[').next().unwrap_or_default();
        warnings.push(Diagnostic::warning("Instances with keys are left alone", detail).hint(format!(
            "to import those that are the foundation's: underpin adopt -from-backend; or one by hand: \
                     underpin state mv {} {}",
            quoted(first),
            quoted(plain)
        )));
    }
    warnings
}

/// What is marked as not made well and is never replaced: what holds the audit logs, and what they need to be read.
fn tainted(state: &State) -> Option<Diagnostic> {
    let is_tainted = |address: &Address| state.instance(address).is_some_and(|instance| instance.tainted);
    let found: Vec<String> = managed(state)
        .filter(|address| addresses::is_retained(address) && is_tainted(address))
        .map(|address| address.to_string())
        .collect();
    if found.is_empty() {
        return None;
    }
    let detail = format!(
        "The state says that {} was not made well. Terraform would replace what is so marked; underpin never does \
         that to what holds the audit logs or is needed to read them, and leaves object and mark as they are.",
        found.join(", ")
    );
    let commands: Vec<String> = found.iter().map(|address| format!("underpin untaint {address}")).collect();
    let hint = format!(
        "if the plan shows no difference, the object is well, and the mark can go (AWS is not touched): {}",
        commands.join("; ")
    );
    Some(Diagnostic::warning("What is retained is tainted, and not replaced", detail).hint(hint))
}
