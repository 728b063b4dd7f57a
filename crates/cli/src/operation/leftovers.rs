//! What a state holds at the foundation's addresses that underpin does not manage: objects that another tool was replacing,
//! and instances of `count` and `for_each`.

use terraform::state::{Instance, Resource};
use terraform::{Address, Diagnostic, State};

/// A warning for each kind of leftover that there is.
pub fn leftovers(state: &State) -> Vec<Diagnostic> {
    let ours = state.resources.iter().filter(|resource| {
        let address = Address::new(&resource.resource_type, &resource.name);
        resource.is_at(&address) && foundation::addresses::is_managed(&address)
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
    let mut warnings = Vec::new();
    if !deposed.is_empty() {
        let detail = format!(
            "Another tool was replacing {} when it was cut off, and the old object may still exist. underpin leaves it as \
             it is, and keeps its record.",
            deposed.join(", ")
        );
        warnings.push(
            Diagnostic::warning("Deposed objects are not removed", detail)
                .hint("remove them with the tool that made them: terraform apply does it"),
        );
    }
    if let Some(first) = keyed.first() {
        let detail = format!(
            "The state holds {}, with instance keys. The foundation's addresses have none, so underpin leaves these alone.",
            keyed.join(", ")
        );
        let plain = first.split('[').next().unwrap_or_default();
        warnings.push(
            Diagnostic::warning("Instances with keys are not looked after", detail)
                .hint(format!("to have them looked after: underpin state mv '{first}' '{plain}'")),
        );
    }
    warnings
}
