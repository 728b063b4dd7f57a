//! Moves what is taken over to underpin's addresses. Pure.

use std::collections::BTreeSet;

use foundation::{Blueprint, Role, addresses, kinds};
use terraform::state::{Instance, without_keys};
use terraform::{Address, Attributes, Diagnostic, State, Value};

use super::Adoptee;
use crate::observation::{managed, recorded};
use crate::{dynamic, template};

/// What the adoptees come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The state itself: entries move.
    InPlace,
    /// The account, or a state that is only read: entries are added.
    Elsewhere,
}

/// The state with the deployment's record and every adoptee at its address. What is recorded there already and is
/// something else stops it.
///
/// # Errors
/// Other objects at the addresses: all at once.
pub fn transfer(
    state: &State,
    adoptees: &[Adoptee],
    origin: Origin,
    deployment: Attributes,
    blueprint: &Blueprint,
) -> Result<State, Vec<Diagnostic>> {
    let mut moved = state.clone();
    let addresses: Vec<(String, &Address)> = adoptees
        .iter()
        .filter(|_| origin == Origin::InPlace)
        .filter_map(|adoptee| Some((adoptee.from.clone()?, &adoptee.address)))
        .collect();
    for (from, _) in &addresses {
        take_out(&mut moved, from);
    }
    let mut problems: Vec<Diagnostic> =
        adoptees.iter().filter(|adoptee| moved.resource(&adoptee.address).is_some()).map(occupied).collect();
    if recorded(state, &addresses::deployment()).is_none() {
        problems.extend(strangers(&moved, adoptees));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    rename_dependencies(&mut moved, &addresses);
    let fresh = Instance::new(0, Attributes::new(), Vec::new());
    let marked = moved.instance(&addresses::deployment()).cloned();
    record(&mut moved, &addresses::deployment(), &deployment, marked.unwrap_or_else(|| fresh.clone()));
    for adoptee in adoptees {
        let old =
            adoptee.from.as_deref().filter(|_| origin == Origin::InPlace).and_then(|from| at(state, from));
        let old = old.cloned().unwrap_or_else(|| Instance { tainted: adoptee.tainted, ..fresh.clone() });
        let old = Instance { dependencies: Vec::new(), ..old };
        record(&mut moved, &adoptee.address, &completed(adoptee, blueprint), old);
    }
    Ok(moved)
}

/// The current object at an address with module and key, as a state has it.
fn at<'a>(state: &'a State, address: &str) -> Option<&'a Instance> {
    state.resources.iter().find_map(|resource| {
        let name = resource.address();
        resource.instances.iter().find(|instance| instance.address_in(&name) == address)
    })
}

/// What AWS cannot say and the state does not know is as desired.
fn completed(adoptee: &Adoptee, blueprint: &Blueprint) -> Attributes {
    let mut attributes = adoptee.attributes.clone();
    let desired = blueprint.resource(&adoptee.address);
    let schema = kinds::schema_of(adoptee.address.resource_type());
    let kept = schema
        .into_iter()
        .flat_map(|schema| schema.attributes)
        .filter(|attribute| attribute.role == Role::Recorded);
    for attribute in kept {
        let value = desired.and_then(|desired| desired.arguments.get(attribute.name));
        let known = attributes.get(attribute.name).is_some_and(|value| !value.is_null());
        if let Some(value) = value.filter(|value| !known && template::is_known(value)) {
            attributes.insert(attribute.name.to_owned(), value.clone());
        }
    }
    attributes
}

/// Takes the object at an address out of the state, and its resource with the last one.
fn take_out(state: &mut State, from: &str) {
    for resource in &mut state.resources {
        let address = resource.address();
        resource
            .instances
            .retain(|instance| instance.deposed.is_some() || instance.address_in(&address) != from);
    }
    state.resources.retain(|resource| !resource.instances.is_empty());
}

/// What depended on a moved object depends on it at its new address.
fn rename_dependencies(state: &mut State, moved: &[(String, &Address)]) {
    let names: Vec<(String, String)> =
        moved.iter().map(|(from, to)| (without_keys(from), to.to_string())).collect();
    for instance in state.resources.iter_mut().flat_map(|resource| &mut resource.instances) {
        let renamed = instance.dependencies.iter().flat_map(|dependency| {
            let to: Vec<String> =
                names.iter().filter(|(from, _)| from == dependency).map(|(_, to)| to.clone()).collect();
            if to.is_empty() { vec![dependency.clone()] } else { to }
        });
        let renamed: BTreeSet<String> = renamed.collect();
        instance.dependencies = renamed.into_iter().collect();
    }
}

/// Records an object with what provider 3 knows of it. All else stays as it was recorded: `private`,
/// `create_before_destroy`, whether it is tainted.
pub(super) fn record(state: &mut State, address: &Address, attributes: &Attributes, old: Instance) {
    let Some(schema) = kinds::schema_of(address.resource_type()) else { return };
    let new = dynamic::instance(schema, attributes, old.dependencies);
    let instance = Instance { tainted: old.tainted, other: old.other, ..new };
    state.record(address, schema.provider.state_name(), instance);
}

fn occupied(adoptee: &Adoptee) -> Diagnostic {
    let address = &adoptee.address;
    let wanted = adoptee.from.as_deref().unwrap_or("an object in the account");
    let detail = format!(
        "The state records another object at {address}, where underpin would record {wanted}. underpin takes everything at \
         its own addresses for its own."
    );
    in_use(address, detail)
}

/// What is recorded at our addresses and is none of the adoptees, in a state that was never ours.
fn strangers(state: &State, adoptees: &[Adoptee]) -> Vec<Diagnostic> {
    let strange = managed(state).filter(|address| {
        *address != addresses::deployment() && !adoptees.iter().any(|adoptee| adoptee.address == *address)
    });
    strange
        .map(|address| {
            let attributes = recorded(state, &address).unwrap_or_default();
            let id = attributes.get("id").and_then(Value::as_str).unwrap_or("an object without id");
            let detail = format!(
                "The state records {id} at {address}, and by the settings it is no object of this foundation. underpin takes \
                 everything at its own addresses for its own: the next apply would change, replace or destroy it."
            );
            in_use(&address, detail)
        })
        .collect()
}

fn in_use(address: &Address, detail: String) -> Diagnostic {
    Diagnostic::error("The address is in use", detail).about(address.to_string()).hint(format!(
        "give the other object another address (AWS is not touched): terraform state mv {address} {address}_other"
    ))
}
