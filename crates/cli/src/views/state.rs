//! `show`, `state list`, and `state show` in Terraform's layout.

mod literal;
#[cfg(test)]
mod tests;

use terraform::state::{Instance, Resource};
use terraform::{State, Value, state_json};

pub(crate) use self::literal::{Keys, SENSITIVE, literal};
use super::palette::{Label, Palette};
use crate::text::{clean, columns, padded};

/// The addresses of all instances, each once, as Terraform lists them.
pub(crate) fn list(objects: &[(&Resource, &Instance)]) -> Vec<String> {
    let mut addresses: Vec<String> =
        objects.iter().map(|(resource, instance)| clean(&(resource.address() + &instance.key()))).collect();
    addresses.dedup();
    addresses
}

/// All objects of a state as Terraform's language.
pub(crate) fn objects(state: &State, palette: Palette) -> Vec<String> {
    state.listed().into_iter().map(|(resource, instance)| show(resource, instance, palette)).collect()
}

/// One object as Terraform's language.
pub(crate) fn show(resource: &Resource, instance: &Instance, palette: Palette) -> String {
    let object = state_json::Resource::of(resource, instance);
    let address = clean(&instance.address_in(&resource.address()));
    let tainted = if instance.tainted { " (tainted)" } else { "" };
    let title = palette.paint(Label::Strong, &format!("# {address}:{tainted}"));
    let keyword = if object.mode == "data" { "data" } else { "resource" };
    let (resource_type, name) = (clean(&object.resource_type), clean(&object.name));
    let is_builtin = object.provider_name == state_json::BUILTIN;
    let keys = if is_builtin { Keys::Bare } else { Keys::Quoted };
    let body = body(&object.values, &object.sensitive_values, keys);
    format!("{title}\n{keyword} {resource_type:?} {name:?} {{\n{body}}}\n")
}

/// The attributes that are set, sorted, with their values below one another; blocks last, as Terraform prints them. Where
/// objects are maps, a list of them is one of blocks.
fn body(attributes: &Value, sensitive: &Value, keys: Keys) -> String {
    let mut set: Vec<(&String, &Value)> =
        attributes.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()).collect();
    set.sort_by_key(|(name, _)| *name);
    let is_block = |name: &str, value: &Value| {
        keys == Keys::Quoted && sensitive.get(name) != Some(&SENSITIVE) && is_block(value)
    };
    let (blocks, plain): (Vec<_>, Vec<_>) = set.into_iter().partition(|(name, value)| is_block(name, value));
    let widest = plain.iter().map(|(name, _)| columns(name)).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value) in plain {
        let value = literal(value, &sensitive[name.as_str()], keys, 4);
        text.push_str(&format!("    {} = {value}\n", padded(name, widest)));
    }
    for (name, items) in blocks {
        for (index, item) in items.as_array().into_iter().flatten().enumerate() {
            let indented =
                |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") };
            let sensitive = sensitive.get(name).and_then(|items| items.get(index)).unwrap_or(&Value::Null);
            let inner: String = body(item, sensitive, keys).lines().map(indented).collect();
            text.push_str(&format!("\n    {name} {{\n{inner}    }}\n"));
        }
    }
    text
}

/// Whether an attribute is a block in Terraform's language: a list of objects.
fn is_block(value: &Value) -> bool {
    value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(Value::is_object))
}

/// `show`: all resources and outputs of a state; `None`: there is none.
pub(crate) fn render(state: Option<&State>, palette: Palette) -> String {
    let Some(state) = state else { return "No state.\n".to_owned() };
    let mut parts = objects(state, palette);
    if !state.outputs.is_empty() {
        let title = palette.paint(Label::Strong, "Outputs:");
        let outputs = state.outputs.iter().map(|(name, output)| {
            let value = literal(&output.value, &Value::from(output.sensitive), Keys::Bare, 0);
            format!("{name} = {value}\n")
        });
        parts.push(format!("\n{title}\n\n{}", outputs.collect::<String>()));
    }
    if parts.is_empty() {
        return "The state file is empty. No resources are represented.\n".to_owned();
    }
    parts.join("\n")
}
