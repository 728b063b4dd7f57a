//! State format 4 as bytes: what Terraform reads is read, and an unchanged state is written back byte for byte.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Number, Value};

use super::error::{foreign, foreign_document, shown};
use super::fields::Fields;
use super::{Instance, Mode, Output, Resource, State, StateError, listing, syntax};
use crate::json;

/// The longest state that is read, in bytes.
pub const STATE_LIMIT: usize = 64 << 20;

/// The highest serial that is read, so that every write can count it up.
const LAST_SERIAL: u64 = u64::MAX / 2;

/// Instance fields of the format, in the order in which they are written, that [`Instance`] keeps in `other`.
const AFTER_ATTRIBUTES: [&str; 5] =
    ["attributes_flat", "sensitive_attributes", "identity_schema_version", "identity", "private"];

impl State {
    /// Reads a state of format 4, with every check that Terraform makes.
    ///
    /// # Errors
    /// What Terraform would refuse as well, and formats 1 to 3.
    pub fn parse(bytes: &[u8]) -> Result<Self, StateError> {
        if bytes.len() > STATE_LIMIT {
            return Err(StateError::TooLarge { bytes: bytes.len(), limit: STATE_LIMIT });
        }
        if bytes.starts_with(b"\xef\xbb\xbf") {
            return Err(StateError::ByteOrderMark);
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(StateError::Empty);
        }
        if let Some(what) = foreign(bytes) {
            return Err(StateError::Foreign(what));
        }
        let document: Value = serde_json::from_slice(bytes)?;
        if document.get("encrypted_data").is_some() {
            return Err(StateError::Encrypted);
        }
        if let Some(what) = foreign_document(&document) {
            return Err(StateError::Foreign(what));
        }
        let mut top = Fields::of_document(document)?;
        check_version(top.take("version").as_ref())?;
        let terraform_version = top.optional_text("terraform_version")?;
        if let Some(version) = terraform_version.as_deref().filter(|text| !text.is_empty())
            && !syntax::is_version(version)
        {
            return Err(top.wrong("terraform_version", "a version such as 1.15.5", version));
        }
        let serial = top.number("serial")?;
        if serial > LAST_SERIAL {
            return Err(top.wrong("serial", "a whole number that can be counted up", &serial.to_string()));
        }
        let lineage = top.optional_text("lineage")?.unwrap_or_default();
        let outputs = read_outputs(top.take("outputs"))?;
        let resources = read_resources(top.list("resources")?)?;
        let check_results = top.take("check_results").unwrap_or(Value::Null);
        Ok(Self {
            terraform_version,
            serial,
            lineage,
            outputs,
            resources,
            check_results,
            unknown: top.rest(),
        })
    }

    /// The state as Terraform writes it: fields in its order, resources and attributes sorted, a final newline.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut top = Map::new();
        top.insert("version".to_owned(), Value::from(4));
        if let Some(version) = &self.terraform_version {
            put_text(&mut top, "terraform_version", version);
        }
        top.insert("serial".to_owned(), Value::from(self.serial));
        put_text(&mut top, "lineage", &self.lineage);
        let outputs =
            self.outputs.iter().map(|(name, output)| (name.clone(), write_output(output))).collect();
        top.insert("outputs".to_owned(), Value::Object(outputs));
        let mut resources: Vec<&Resource> = self.resources.iter().collect();
        resources.sort_by_key(|resource| sort_key(resource));
        let resources = resources.into_iter().map(write_resource).collect();
        top.insert("resources".to_owned(), Value::Array(resources));
        top.insert("check_results".to_owned(), self.check_results.clone());
        top.extend(self.unknown.clone());
        let mut text = json::pretty(&Value::Object(top));
        text.push('\n');
        text.into_bytes()
    }
}

fn check_version(version: Option<&Value>) -> Result<(), StateError> {
    match version.and_then(Value::as_u64) {
        Some(4) => Ok(()),
        Some(old @ 1..=3) => Err(StateError::OldVersion(old)),
        Some(new @ 5..) => Err(StateError::NewVersion(new)),
        Some(0) | None => Err(StateError::NoVersion { found: shown(version) }),
    }
}

fn read_outputs(value: Option<Value>) -> Result<BTreeMap<String, Output>, StateError> {
    let mut outputs = BTreeMap::new();
    for (name, value) in Fields::new("outputs", value)?.rest() {
        let mut fields = Fields::new(&format!("outputs.{name}"), Some(value))?;
        let value = fields.take("value").unwrap_or(Value::Null);
        let value_type = fields.take("type");
        let Some(value_type) = value_type.filter(syntax::is_type) else {
            return Err(StateError::Field {
                field: format!("outputs.{name}.type"),
                expected: "a type such as \"string\" or [\"list\",\"string\"]",
                found: "missing or malformed".to_owned(),
            });
        };
        let sensitive = fields.flag("sensitive")?;
        let unknown = fields.rest();
        outputs.insert(name, Output { value, value_type, sensitive, unknown });
    }
    Ok(outputs)
}

/// Reads all resources; two entries for one resource become one, as in Terraform.
fn read_resources(entries: Vec<Value>) -> Result<Vec<Resource>, StateError> {
    let mut resources: Vec<Resource> = Vec::with_capacity(entries.len());
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut objects = HashSet::new();
    for (index, entry) in entries.into_iter().enumerate() {
        let resource = read_resource(&format!("resources[{index}]"), entry)?;
        let address = resource.address();
        for instance in &resource.instances {
            let address = instance.address_in(&address);
            if !objects.insert(address.clone()) {
                return Err(StateError::Duplicate { address });
            }
        }
        match known.get(&address).and_then(|at| resources.get_mut(*at)) {
            Some(first) => {
                first.provider = resource.provider;
                first.instances.extend(resource.instances);
            }
            None => {
                known.insert(address, resources.len());
                resources.push(resource);
            }
        }
    }
    Ok(resources)
}

fn read_resource(path: &str, entry: Value) -> Result<Resource, StateError> {
    let mut fields = Fields::new(path, Some(entry))?;
    let module = fields.optional_text("module")?.filter(|module| !module.is_empty());
    if let Some(module) = module.as_deref().filter(|module| !syntax::is_module_path(module)) {
        return Err(StateError::Field {
            field: format!("{path}.module"),
            expected: "a path of at most 100 modules",
            found: shown(Some(&Value::from(module))),
        });
    }
    let mode = match fields.optional_text("mode")?.as_deref() {
        Some("managed") => Mode::Managed,
        Some("data") => Mode::Data,
        other => {
            let found = other.unwrap_or("missing");
            return Err(fields.wrong("mode", "\"managed\" or \"data\"", found));
        }
    };
    let resource_type = fields.text("type")?;
    let name = fields.text("name")?;
    let provider = fields.optional_text("provider")?.unwrap_or_default();
    let mut instances = Vec::new();
    for (index, entry) in fields.list("instances")?.into_iter().enumerate() {
        instances.push(read_instance(&format!("{path}.instances[{index}]"), entry)?);
    }
    Ok(Resource { module, mode, resource_type, name, provider, instances, unknown: fields.rest() })
}

fn read_instance(path: &str, entry: Value) -> Result<Instance, StateError> {
    let mut fields = Fields::new(path, Some(entry))?;
    let index_key = fields.take("index_key").filter(|key| !key.is_null());
    if let Some(key) = &index_key
        && !(key.is_string() || key.as_u64().is_some())
    {
        return Err(StateError::Field {
            field: format!("{path}.index_key"),
            expected: "a whole number or a string",
            found: shown(Some(key)),
        });
    }
    let tainted = match fields.optional_text("status")?.as_deref() {
        None | Some("") => false,
        Some("tainted") => true,
        Some(other) => return Err(fields.wrong("status", "\"tainted\", if it is given", other)),
    };
    let deposed = fields.optional_text("deposed")?.filter(|key| !key.is_empty());
    if let Some(key) = deposed.as_deref().filter(|key| key.len() != 8) {
        return Err(fields.wrong("deposed", "a key of eight characters", key));
    }
    let schema_version = fields.number("schema_version")?;
    let attributes = Fields::new(&format!("{path}.attributes"), fields.take("attributes"))?.rest();
    let mut dependencies = Vec::new();
    for dependency in fields.list("dependencies")? {
        match dependency.as_str().filter(|text| syntax::is_dependency(text)) {
            Some(address) => dependencies.push(address.to_owned()),
            None => {
                return Err(StateError::Field {
                    field: format!("{path}.dependencies"),
                    expected: "a list of resource addresses without instance keys",
                    found: shown(Some(&dependency)),
                });
            }
        }
    }
    if let Some(private) = fields.get("private").filter(|value| !value.is_null())
        && !private.as_str().is_some_and(syntax::is_base64)
    {
        return Err(StateError::Field {
            field: format!("{path}.private"),
            expected: "base64 text",
            found: shown(Some(private)),
        });
    }
    Ok(Instance {
        index_key,
        tainted,
        deposed,
        schema_version,
        attributes,
        dependencies,
        other: fields.rest(),
    })
}

fn write_output(output: &Output) -> Value {
    let mut fields = Map::new();
    fields.insert("value".to_owned(), json::sorted(&output.value));
    fields.insert("type".to_owned(), json::sorted(&output.value_type));
    if output.sensitive {
        fields.insert("sensitive".to_owned(), Value::Bool(true));
    }
    fields.extend(output.unknown.clone());
    Value::Object(fields)
}

fn write_resource(resource: &Resource) -> Value {
    let mut fields = Map::new();
    if let Some(module) = &resource.module {
        put_text(&mut fields, "module", module);
    }
    put_text(&mut fields, "mode", resource.mode.as_str());
    put_text(&mut fields, "type", &resource.resource_type);
    put_text(&mut fields, "name", &resource.name);
    let mut unknown = resource.unknown.clone();
    if let Some(each) = unknown.shift_remove("each") {
        fields.insert("each".to_owned(), each);
    }
    if !resource.provider.is_empty() {
        put_text(&mut fields, "provider", &resource.provider);
    }
    let instances = listing::instances(resource).map(write_instance).collect();
    fields.insert("instances".to_owned(), Value::Array(instances));
    fields.extend(unknown);
    Value::Object(fields)
}

fn write_instance(instance: &Instance) -> Value {
    let mut fields = Map::new();
    let mut other = instance.other.clone();
    if let Some(key) = &instance.index_key {
        fields.insert("index_key".to_owned(), key.clone());
    }
    if instance.tainted {
        put_text(&mut fields, "status", "tainted");
    }
    if let Some(key) = &instance.deposed {
        put_text(&mut fields, "deposed", key);
    }
    let version = Value::Number(Number::from(instance.schema_version));
    fields.insert("schema_version".to_owned(), version);
    if !(instance.attributes.is_empty() && other.contains_key("attributes_flat")) {
        let attributes = json::sorted_fields(&instance.attributes);
        fields.insert("attributes".to_owned(), Value::Object(attributes));
    }
    for name in AFTER_ATTRIBUTES {
        if let Some(value) = other.shift_remove(name) {
            fields.insert(name.to_owned(), value);
        }
    }
    if !instance.dependencies.is_empty() {
        let dependencies = instance.dependencies.iter().cloned().map(Value::String);
        fields.insert("dependencies".to_owned(), dependencies.collect());
    }
    fields.extend(other);
    Value::Object(fields)
}

fn put_text(fields: &mut Map<String, Value>, name: &str, text: &str) {
    fields.insert(name.to_owned(), Value::String(text.to_owned()));
}

fn sort_key(resource: &Resource) -> (Option<&str>, Mode, &str, &str) {
    let Resource { module, mode, resource_type, name, .. } = resource;
    (module.as_deref(), *mode, resource_type, name)
}
