//! Terraform state, format version 4: what is recorded about each resource, and the outputs.
//!
//! Unknown fields and resources that underpin does not manage are kept as they were read.

mod codec;
mod editing;
mod error;
mod fields;
mod index_key;
pub(crate) mod listing;
mod syntax;
mod target;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{Address, Attributes};

pub use codec::STATE_LIMIT;
pub use editing::{MoveError, UntaintError, without_keys};
pub use error::StateError;
pub use target::{InvalidTarget, Target};

/// A state file in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The version that wrote it; kept as read, rewritten when a changed state is written.
    pub terraform_version: Option<String>,
    /// Counts the writes.
    pub serial: u64,
    /// Names the history that this state belongs to; opaque.
    pub lineage: String,
    /// The root module's outputs.
    pub outputs: BTreeMap<String, Output>,
    /// All resources, those of other tools included.
    pub resources: Vec<Resource>,
    /// Check results as read, `null` when there are none.
    pub check_results: Value,
    /// Fields of the top level that format 4 does not define.
    pub unknown: Map<String, Value>,
}

/// One output value with its type in Terraform's notation (`"string"`, `["list","string"]`).
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The value.
    pub value: Value,
    /// Its type.
    pub value_type: Value,
    /// Whether Terraform hides it on a terminal.
    pub sensitive: bool,
    /// Fields that format 4 does not define.
    pub unknown: Map<String, Value>,
}

/// A resource block and its instances.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// The module path, `None` for the root module.
    pub module: Option<String>,
    /// `managed` or `data`.
    pub mode: Mode,
    /// The resource type.
    pub resource_type: String,
    /// The name within its type.
    pub name: String,
    /// `provider["registry.terraform.io/hashicorp/aws"]`; a state without it loses the resource in Terraform.
    pub provider: String,
    /// The objects.
    pub instances: Vec<Instance>,
    /// Fields that format 4 does not define.
    pub unknown: Map<String, Value>,
}

/// Whether Terraform manages an object or only reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// A data source.
    Data,
    /// A managed resource.
    Managed,
}

/// One object of a resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Instance {
    /// The `count` or `for_each` key.
    pub index_key: Option<Value>,
    /// Whether the object is to be replaced at the next apply.
    pub tainted: bool,
    /// The eight-digit key of a deposed object.
    pub deposed: Option<String>,
    /// The provider's schema version for the type.
    pub schema_version: u64,
    /// What is recorded.
    pub attributes: Attributes,
    /// Addresses (without instance keys) this object depends on, transitively, sorted.
    pub dependencies: Vec<String>,
    /// Every other field (`private`, `sensitive_attributes`, `identity_schema_version`, `create_before_destroy`, unknown ones).
    pub other: Map<String, Value>,
}

impl Mode {
    /// `managed` or `data`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Managed => "managed",
        }
    }
}

impl Instance {
    /// A current object without instance key, with the fields that Terraform always writes.
    ///
    /// `dependencies` are addresses without instance keys; they are sorted here and duplicates dropped.
    pub fn new(schema_version: u64, attributes: Attributes, mut dependencies: Vec<String>) -> Self {
        dependencies.sort();
        dependencies.dedup();
        let other = Map::from_iter([
            ("sensitive_attributes".to_owned(), Value::Array(Vec::new())),
            ("identity_schema_version".to_owned(), Value::from(0)),
        ]);
        Self { schema_version, attributes, dependencies, other, ..Self::default() }
    }

    /// The instance key as addresses have it, `["k"]`; empty without one.
    pub fn key(&self) -> String {
        self.index_key.as_ref().map(index_key::text).unwrap_or_default()
    }

    /// The address of this object when `resource` is its resource's: `aws_x.y["k"] (deposed 1bde6f07)`.
    pub fn address_in(&self, resource: &str) -> String {
        let key = self.key();
        let deposed = match &self.deposed {
            Some(key) => format!(" (deposed {key})"),
            None => String::new(),
        };
        format!("{resource}{key}{deposed}")
    }
}

impl State {
    /// A state without resources, never written yet (serial 0).
    pub fn empty(lineage: impl Into<String>) -> Self {
        Self {
            terraform_version: None,
            serial: 0,
            lineage: lineage.into(),
            outputs: BTreeMap::new(),
            resources: Vec::new(),
            check_results: Value::Null,
            unknown: Map::new(),
        }
    }

    /// The current object at a root-module address without instance key, if it is recorded.
    pub fn instance(&self, address: &Address) -> Option<&Instance> {
        self.resource(address)?
            .instances
            .iter()
            .find(|instance| instance.deposed.is_none() && instance.index_key.is_none())
    }

    /// The managed root-module resource at an address.
    pub fn resource(&self, address: &Address) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.is_at(address))
    }

    /// Records `instance` at `address`, in place of what was there.
    pub fn record(&mut self, address: &Address, provider: &str, instance: Instance) {
        match self.resources.iter_mut().find(|resource| resource.is_at(address)) {
            Some(resource) => {
                resource.provider = provider.to_owned();
                match resource
                    .instances
                    .iter_mut()
                    .find(|old| old.deposed.is_none() && old.index_key.is_none())
                {
                    Some(old) => *old = instance,
                    None => resource.instances.push(instance),
                }
            }
            None => self.resources.push(Resource {
                module: None,
                mode: Mode::Managed,
                resource_type: address.resource_type().to_owned(),
                name: address.name().to_owned(),
                provider: provider.to_owned(),
                instances: vec![instance],
                unknown: Map::new(),
            }),
        }
    }

    /// Whether both record the same, whatever their serial, lineage and writer.
    pub fn same_content(&self, other: &Self) -> bool {
        let content = |state: &Self| {
            let mut copy = state.clone();
            (copy.serial, copy.lineage, copy.terraform_version) = (0, String::new(), None);
            copy.to_bytes()
        };
        content(self) == content(other)
    }

    /// Forgets the current object at `address`.
    pub fn forget(&mut self, address: &Address) {
        for resource in self.resources.iter_mut().filter(|resource| resource.is_at(address)) {
            resource.instances.retain(|instance| instance.deposed.is_some() || instance.index_key.is_some());
        }
        self.resources.retain(|resource| !resource.instances.is_empty());
    }
}

impl Resource {
    /// The address without instance keys: `module.m.data.t.n`, `aws_kms_key.main`.
    pub fn address(&self) -> String {
        let module = match &self.module {
            Some(module) => format!("{module}."),
            None => String::new(),
        };
        let mode = match self.mode {
            Mode::Data => "data.",
            Mode::Managed => "",
        };
        format!("{module}{mode}{}.{}", self.resource_type, self.name)
    }

    /// Whether this is the managed resource of the root module at `address`.
    pub fn is_at(&self, address: &Address) -> bool {
        self.module.is_none()
            && self.mode == Mode::Managed
            && self.resource_type == address.resource_type()
            && self.name == address.name()
    }
}
