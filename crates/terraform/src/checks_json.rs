//! What the conditions of a configuration came to, as the JSON document of a state has it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::state::Target;

/// The results of one block with conditions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Check {
    address: Map<String, Value>,
    status: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    instances: Vec<Instance>,
}

/// The results of one object that the block stands for.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Instance {
    address: Map<String, Value>,
    status: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Problem>,
}

/// A condition that does not hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Problem {
    message: String,
}

/// The document's part for the `check_results` of a state, by address; kinds that nobody knows yet are left out.
pub(crate) fn of(check_results: &Value) -> Vec<Check> {
    let mut checks: Vec<(&str, Check)> = items(check_results)
        .filter_map(|result| {
            let address = text(result, "config_addr");
            let check = Check {
                address: block(text(result, "object_kind"), address)?,
                status: text(result, "status").to_owned(),
                instances: instances(result),
            };
            Some((address, check))
        })
        .collect();
    checks.sort_by_key(|(address, _)| *address);
    checks.into_iter().map(|(_, check)| check).collect()
}

fn instances(result: &Value) -> Vec<Instance> {
    let mut instances: Vec<(&str, Instance)> = items(result.get("objects").unwrap_or(&Value::Null))
        .map(|object| {
            let address = text(object, "object_addr");
            let messages = items(object.get("failure_messages").unwrap_or(&Value::Null));
            let messages = messages.filter_map(Value::as_str);
            let problems = messages.map(|message| Problem { message: message.to_owned() }).collect();
            let status = text(object, "status").to_owned();
            (address, Instance { address: place(address), status, problems })
        })
        .collect();
    instances.sort_by_key(|(address, _)| *address);
    instances.into_iter().map(|(_, instance)| instance).collect()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The address of a block, taken apart.
fn block(kind: &str, address: &str) -> Option<Map<String, Value>> {
    let (kind, parts) = match kind {
        "resource" => ("resource", resource(address)?),
        "output" => ("output_value", Vec::new()),
        "check" | "var" => (kind, Vec::new()),
        _ => return None,
    };
    let mut fields = place(address);
    fields.shift_remove("instance_key");
    fields.insert("kind".to_owned(), kind.into());
    let (_, name) = address.rsplit_once('.')?;
    fields.insert("name".to_owned(), name.into());
    fields.extend(parts);
    fields.sort_keys();
    Some(fields)
}

/// Mode and type of a resource.
fn resource(address: &str) -> Option<Vec<(String, Value)>> {
    let target: Target = address.parse().ok()?;
    let object = target.object?;
    let mode = object.mode.as_str();
    Some(vec![("mode".to_owned(), mode.into()), ("type".to_owned(), object.resource_type.into())])
}

/// The module, the instance key and the whole of an address.
fn place(address: &str) -> Map<String, Value> {
    let target: Option<Target> = address.parse().ok();
    let key = target.as_ref().and_then(|target| target.object.as_ref()?.key.clone());
    let module = target.and_then(|target| target.module);
    let mut fields = Map::new();
    fields.extend(key.map(|key| ("instance_key".to_owned(), key)));
    fields.extend(module.map(|module| ("module".to_owned(), Value::from(module))));
    fields.insert("to_display".to_owned(), address.into());
    fields
}
