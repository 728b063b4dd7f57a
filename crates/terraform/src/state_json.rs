//! Terraform's JSON document of a state, format 1.0: what `show -json` prints, and a part of the document of a plan.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::checks_json::{self, Check};
use crate::skeleton::{self, Step};
use crate::state::{self, Instance, Mode, State, listing};
use crate::{Attributes, TERRAFORM_VERSION, json};

/// The format of the document.
const FORMAT: &str = "1.0";

/// The provider whose attributes of any type are stored with their type.
pub const BUILTIN: &str = "terraform.io/builtin/terraform";

/// A state, or that there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    format_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    terraform_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Values>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<Check>,
}

/// Outputs and resources.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Values {
    /// The root module's outputs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, Output>,
    /// The resources.
    pub root_module: Module,
}

/// An output.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Whether it is hidden on a terminal.
    pub sensitive: bool,
    /// Value and type; `None` when it is not known yet.
    pub value: Option<(Value, Value)>,
    /// Whether the type stands before the value, as in planned values.
    pub type_first: bool,
}

/// The resources of a module and the modules within it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Module {
    /// Sorted by address.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
    /// `module.m`; absent for the root module.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// By address.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub child_modules: Vec<Module>,
}

/// One object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Resource {
    /// With module and instance key.
    pub address: String,
    /// `managed` or `data`.
    pub mode: &'static str,
    /// The type.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// The name within its type.
    pub name: String,
    /// The `count` or `for_each` key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<Value>,
    /// `registry.terraform.io/hashicorp/aws`.
    pub provider_name: String,
    /// Of the type.
    pub schema_version: u64,
    /// The attributes that are known; left out when none is.
    #[serde(skip_serializing_if = "is_empty")]
    pub values: Value,
    /// Which of them are sensitive.
    pub sensitive_values: Value,
    /// What it depends on, transitively.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
    /// Whether it is replaced at the next apply.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub tainted: bool,
    /// The key of a deposed object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deposed_key: Option<String>,
}

impl Serialize for Output {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = Map::from_iter([("sensitive".to_owned(), Value::Bool(self.sensitive))]);
        if let Some((value, value_type)) = &self.value {
            let value = ("value".to_owned(), value.clone());
            let value_type = ("type".to_owned(), value_type.clone());
            fields.extend(if self.type_first { [value_type, value] } else { [value, value_type] });
        }
        fields.serialize(serializer)
    }
}

impl Document {
    /// A state's document; `None`: there is no state.
    pub fn of(state: Option<&State>) -> Self {
        match state {
            None => {
                Self { format_version: FORMAT, terraform_version: None, values: None, checks: Vec::new() }
            }
            Some(state) => Self {
                terraform_version: state.terraform_version.clone(),
                checks: checks_json::of(&state.check_results),
                ..Self::with(Values { outputs: outputs(state), root_module: root_module(state) })
            },
        }
    }

    /// The document of some values.
    pub fn with(values: Values) -> Self {
        let terraform_version = Some(TERRAFORM_VERSION.to_owned());
        Self { format_version: FORMAT, terraform_version, values: Some(values), checks: Vec::new() }
    }

    /// The text: one line, without its end.
    ///
    /// # Errors
    /// A value has no JSON form.
    pub fn to_line(&self) -> Result<String, serde_json::Error> {
        Ok(json::compact(&serde_json::to_value(self)?))
    }
}

fn is_empty(values: &Value) -> bool {
    values.as_object().is_some_and(Map::is_empty)
}

fn outputs(state: &State) -> BTreeMap<String, Output> {
    let output = |output: &state::Output| Output {
        sensitive: output.sensitive,
        value: Some((json::sorted(&output.value), output.value_type.clone())),
        type_first: false,
    };
    state.outputs.iter().map(|(name, of)| (name.clone(), output(of))).collect()
}

/// All resources, each in its module.
fn root_module(state: &State) -> Module {
    let mut resources: Vec<&state::Resource> = state.resources.iter().collect();
    resources
        .sort_by_key(|resource| (&resource.module, resource.mode, &resource.resource_type, &resource.name));
    let mut root = Module::default();
    for resource in resources {
        let path = resource.module.as_deref().map(module_path).unwrap_or_default();
        let module = path.into_iter().fold(&mut root, within);
        module
            .resources
            .extend(listing::instances(resource).map(|instance| Resource::of(resource, instance)));
    }
    root
}

/// The module of an address within another; made when it is not there yet.
fn within(module: &mut Module, address: String) -> &mut Module {
    let children = &mut module.child_modules;
    let known = children.iter().position(|child| child.address.as_ref() == Some(&address));
    let place = known.unwrap_or(children.len());
    if known.is_none() {
        children.push(Module { address: Some(address), ..Module::default() });
    }
    // The place is that of an element found or just added.
    #[expect(clippy::indexing_slicing, reason = "the place is that of an element found or just added")]
    &mut children[place]
}

/// `module.a`, `module.a.module.b` for `module.a.module.b`; a dot within an instance key divides nothing.
fn module_path(module: &str) -> Vec<String> {
    let (mut starts, mut quoted) = (Vec::new(), false);
    for (at, character) in module.char_indices() {
        quoted ^= character == '"' && !module.get(..at).is_some_and(|before| before.ends_with('\\'));
        if !quoted && module.get(at..).is_some_and(|rest| rest.starts_with(".module.")) {
            starts.push(at);
        }
    }
    starts.push(module.len());
    starts.into_iter().filter_map(|end| module.get(..end)).map(str::to_owned).collect()
}

impl Resource {
    /// An object of a state.
    pub fn of(resource: &state::Resource, instance: &Instance) -> Self {
        let provider_name = provider_name(&resource.provider);
        let attributes = match provider_name.as_str() {
            BUILTIN => without_types(&instance.attributes),
            _ => instance.attributes.clone(),
        };
        let values = Value::Object(json::sorted_fields(&attributes));
        let paths = sensitive_paths(instance);
        let paths: Vec<&[Step]> = paths.iter().map(Vec::as_slice).collect();
        Self {
            address: resource.address() + &instance.key(),
            mode: resource.mode.as_str(),
            resource_type: resource.resource_type.clone(),
            name: resource.name.clone(),
            index: instance.index_key.clone(),
            provider_name,
            schema_version: instance.schema_version,
            sensitive_values: skeleton::sensitive(&values, &paths),
            values,
            depends_on: match resource.mode {
                Mode::Data => Vec::new(),
                Mode::Managed => instance.dependencies.clone(),
            },
            tainted: instance.tainted,
            deposed_key: instance.deposed.clone(),
        }
    }
}

/// The name in `provider["NAME"]`; text of another form as it is.
fn provider_name(provider: &str) -> String {
    let name = provider.split_once("provider[\"").and_then(|(_, rest)| rest.split_once("\"]"));
    name.map_or(provider, |(name, _)| name).to_owned()
}

/// The attributes with `{"value": …, "type": …}` replaced by the value.
fn without_types(attributes: &Attributes) -> Attributes {
    let plain = |value: &Value| match value.as_object() {
        Some(fields) if fields.len() == 2 && fields.contains_key("type") => {
            fields.get("value").unwrap_or(value).clone()
        }
        _ => value.clone(),
    };
    attributes.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
}

/// Where the sensitive values of an object are.
fn sensitive_paths(instance: &Instance) -> Vec<Vec<Step>> {
    let paths = instance.other.get("sensitive_attributes").and_then(Value::as_array);
    paths.into_iter().flatten().filter_map(|path| path.as_array()?.iter().map(step).collect()).collect()
}

fn step(step: &Value) -> Option<Step> {
    let value = step.get("value")?;
    let key = value.get("value").unwrap_or(value);
    match key {
        Value::String(name) => Some(Step::Name(name.clone())),
        Value::Number(index) => usize::try_from(index.as_u64()?).ok().map(Step::Index),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A state with a module in a module, a count, a sensitive value, a tainted and a deposed object.
    const STATE: &str = r#"{"version": 4, "terraform_version": "1.9.0", "serial": 3, "lineage": "l",
      "outputs": {"o": {"value": {"b": 1, "a": "x"}, "type": ["object", {"a": "string", "b": "number"}], "sensitive": true}},
      "resources": [
        {"module": "module.m[\"a.module.b\"].module.n", "mode": "managed", "type": "acme_x", "name": "y",
         "provider": "module.m.provider[\"registry.terraform.io/acme/acme\"].east",
         "instances": [{"index_key": 0, "schema_version": 2, "status": "tainted", "attributes": {"id": "i"}}]},
        {"mode": "managed", "type": "terraform_data", "name": "a", "provider": "provider[\"terraform.io/builtin/terraform\"]",
         "instances": [
           {"schema_version": 0, "attributes": {"output": null, "input": {"value": {"s": "x"}, "type": ["object", {"s": "string"}]}},
            "sensitive_attributes": [[{"type": "get_attr", "value": "input"}, {"type": "get_attr", "value": "s"}]],
            "dependencies": ["acme_x.y"]},
           {"schema_version": 0, "deposed": "1bde6f07", "attributes": {"id": "old"}}]},
        {"mode": "data", "type": "acme_d", "name": "d", "provider": "provider[\"registry.terraform.io/acme/acme\"]",
         "instances": [{"schema_version": 0, "attributes": {"id": "d"}, "dependencies": ["acme_x.y"]}]}],
      "check_results": null}"#;

    #[test]
    fn a_state_with_everything() {
        let state = State::parse(STATE.as_bytes()).unwrap();
        let document = serde_json::to_value(Document::of(Some(&state))).unwrap();
        let acme = "registry.terraform.io/acme/acme";
        let data = json!({"address": "data.acme_d.d", "mode": "data", "type": "acme_d", "name": "d", "provider_name": acme,
            "schema_version": 0, "values": {"id": "d"}, "sensitive_values": {}});
        let current = json!({"address": "terraform_data.a", "mode": "managed", "type": "terraform_data", "name": "a",
            "provider_name": BUILTIN, "schema_version": 0, "values": {"input": {"s": "x"}, "output": null},
            "sensitive_values": {"input": {"s": true}}, "depends_on": ["acme_x.y"]});
        let deposed = json!({"address": "terraform_data.a", "mode": "managed", "type": "terraform_data", "name": "a",
            "provider_name": BUILTIN, "schema_version": 0, "values": {"id": "old"}, "sensitive_values": {},
            "deposed_key": "1bde6f07"});
        let nested = json!({"resources": [{"address": "module.m[\"a.module.b\"].module.n.acme_x.y[0]", "mode": "managed",
            "type": "acme_x", "name": "y", "index": 0, "provider_name": acme, "schema_version": 2, "values": {"id": "i"},
            "sensitive_values": {}, "tainted": true}], "address": "module.m[\"a.module.b\"].module.n"});
        assert_eq!(
            document,
            json!({"format_version": "1.0", "terraform_version": "1.9.0", "values": {
                "outputs": {"o": {"sensitive": true, "value": {"a": "x", "b": 1},
                                  "type": ["object", {"a": "string", "b": "number"}]}},
                "root_module": {"resources": [data, current, deposed],
                                "child_modules": [{"address": "module.m[\"a.module.b\"]", "child_modules": [nested]}]}}})
        );
    }

    #[test]
    fn no_state() {
        assert_eq!(Document::of(None).to_line().unwrap(), r#"{"format_version":"1.0"}"#);
        let empty = Document::of(Some(&State::empty("l"))).to_line().unwrap();
        assert_eq!(empty, r#"{"format_version":"1.0","values":{"root_module":{}}}"#);
    }
}
