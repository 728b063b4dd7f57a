//! `state list`, and `state show` in Terraform's layout.

mod literal;

use terraform::state::{Instance, Mode, Resource};
use terraform::{Address, Attributes, State, Value};

pub use self::literal::literal;
use super::palette::{Label, Palette};
use super::text::{clean, columns};

/// All addresses, one a line, sorted.
pub fn list(state: &State) -> String {
    let mut addresses: Vec<String> = state
        .resources
        .iter()
        .flat_map(|resource| {
            resource.instances.iter().map(|instance| instance.address_in(&resource.address()))
        })
        .collect();
    addresses.sort();
    addresses.iter().map(|address| format!("{}\n", clean(address))).collect()
}

/// One resource as Terraform's language.
pub fn show(address: &Address, instance: &Instance, palette: Palette) -> String {
    let keyword = format!("resource {:?} {:?}", address.resource_type(), address.name());
    instance_text(&address.to_string(), &keyword, instance, palette)
}

/// All instances of one resource.
pub fn resource(resource: &Resource, palette: Palette) -> Vec<String> {
    let keyword = match resource.mode {
        Mode::Managed => "resource",
        Mode::Data => "data",
    };
    let keyword = format!("{keyword} {:?} {:?}", resource.resource_type, resource.name);
    let address = resource.address();
    resource
        .instances
        .iter()
        .map(|instance| instance_text(&instance.address_in(&address), &keyword, instance, palette))
        .collect()
}

fn instance_text(address: &str, keyword: &str, instance: &Instance, palette: Palette) -> String {
    let tainted = if instance.tainted { " (tainted)" } else { "" };
    let title = palette.paint(Label::Strong, &format!("# {address}:{tainted}"));
    format!("{title}\n{keyword} {{\n{}}}\n", body(&instance.attributes))
}

/// The attributes that are set, sorted, with their values below one another; blocks last, as Terraform prints them.
fn body(attributes: &Attributes) -> String {
    let mut names: Vec<&String> = attributes.keys().collect();
    names.sort();
    let set = |name: &&&String| attributes.get(name.as_str()).is_some_and(|value| !value.is_null());
    let (blocks, plain): (Vec<&String>, Vec<&String>) = names
        .iter()
        .filter(set)
        .copied()
        .partition(|name| attributes.get(name.as_str()).is_some_and(is_block));
    let widest = plain.iter().map(|name| columns(name)).max().unwrap_or(0);
    let mut text = String::new();
    for name in plain {
        if let Some(value) = attributes.get(name) {
            text.push_str(&format!("    {name:<widest$} = {}\n", literal(value, 4)));
        }
    }
    for name in blocks {
        for item in
            attributes.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
        {
            let indented =
                |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") };
            let inner: String = body(item).lines().map(indented).collect();
            text.push_str(&format!("\n    {name} {{\n{inner}    }}\n"));
        }
    }
    text
}

/// Whether an attribute is a block in Terraform's language: a list of objects.
fn is_block(value: &Value) -> bool {
    value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(Value::is_object))
}
