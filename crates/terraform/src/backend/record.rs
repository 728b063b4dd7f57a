//! The record of the backend that `init` writes to `.terraform/terraform.tfstate`, in Terraform's form.

use serde_json::{Map, Value, json};

use super::argument::{Argument, Form, arguments};
use super::configuration::Configuration;
use super::{Backend, Kind, has_credentials};
use crate::{TERRAFORM_VERSION, json};

/// What `init` recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The arguments, without secrets.
    pub configuration: Configuration,
    /// The hash of the `backend` block that they came from.
    pub hash: Option<u64>,
}

/// A record that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Not the JSON of a record.
    #[error("the backend record is not valid JSON: {0}")]
    Syntax(#[from] serde_json::Error),
    /// JSON without what a record has.
    #[error("the backend record has no usable `{0}`")]
    Field(&'static str),
    /// A field that underpin and the releases of Terraform that it knows do not write.
    #[error("the record has `{0}`, which underpin does not know")]
    Unknown(String),
    /// A backend of a kind that is not supported.
    #[error("the backend record is of a backend of type `{0}`; only local and s3 are supported")]
    Type(String),
}

impl Configuration {
    /// The record of the arguments, without a final newline; every argument is named, secrets and unset ones are null.
    ///
    /// `backend` is the backend that the arguments were found to describe, `block` what the `backend` block says of it.
    pub fn to_record(&self, backend: &Backend, block: &Self) -> String {
        let kind = backend.kind();
        json::pretty(&json!({
            "version": 3,
            "terraform_version": TERRAFORM_VERSION,
            "backend": { "type": kind.as_str(), "config": self.to_config(kind), "hash": block.hash(kind) },
        }))
    }

    /// The arguments of this kind as they are recorded.
    pub fn to_config(&self, kind: Kind) -> Map<String, Value> {
        let value = |name| self.settings().get(name).map(|setting| &setting.value);
        arguments(kind)
            .iter()
            .map(|argument| (argument.name.to_owned(), recorded(argument, value(argument.name))))
            .collect()
    }
}

impl Record {
    /// The record that no backend was configured, as Terraform leaves it: its next command finds nothing changed.
    pub fn without_backend() -> String {
        json::pretty(&json!({ "version": 3, "terraform_version": TERRAFORM_VERSION }))
    }

    /// What a record says; `None` if it records no backend.
    ///
    /// # Errors
    /// Bytes that are no record, a backend of another type, and whatever is not known: it may say where the state lives.
    pub fn parse(bytes: &[u8]) -> Result<Option<Self>, RecordError> {
        let record: Value = serde_json::from_slice(bytes)?;
        let record = record.as_object().ok_or(RecordError::Field("version"))?;
        if record.get("version").and_then(Value::as_u64) != Some(3) {
            return Err(RecordError::Field("version"));
        }
        let known = |name: &str| RECORD.contains(&name) || (OLD.contains(&name) && !keeps(record.get(name)));
        if let Some((name, _)) = record.iter().find(|(name, value)| !value.is_null() && !known(name)) {
            return Err(RecordError::Unknown(name.clone()));
        }
        let Some(backend) = record.get("backend").filter(|backend| !backend.is_null()) else {
            return Ok(None);
        };
        Self::of_backend(backend).map(Some)
    }

    fn of_backend(backend: &Value) -> Result<Self, RecordError> {
        let backend = backend.as_object().ok_or(RecordError::Field("backend"))?;
        if let Some(name) = backend.keys().find(|name| !BACKEND.contains(&name.as_str())) {
            return Err(RecordError::Unknown(format!("backend.{name}")));
        }
        let name = backend.get("type").and_then(Value::as_str).ok_or(RecordError::Field("backend.type"))?;
        let kind = Kind::named(name).ok_or_else(|| RecordError::Type(name.to_owned()))?;
        let config = backend.get("config").and_then(Value::as_object);
        let config = config.ok_or(RecordError::Field("backend.config"))?;
        let mut configuration = Configuration::of_block(kind, Vec::new());
        for (name, value) in config {
            if let Some(value) = json::without_nulls(value) {
                configuration.add_recorded(name.clone(), value);
            }
        }
        let hash = match backend.get("hash") {
            None | Some(Value::Null) => None,
            Some(hash) => Some(hash.as_u64().ok_or(RecordError::Field("backend.hash"))?),
        };
        Ok(Self { configuration, hash })
    }
}

/// What a record is made of.
const RECORD: [&str; 3] = ["backend", "terraform_version", "version"];
/// What releases before 1.10 wrote beside it, as long as it holds no state.
const OLD: [&str; 4] = ["lineage", "modules", "remote", "serial"];
/// What the record of a backend is made of.
const BACKEND: [&str; 3] = ["config", "hash", "type"];

/// Whether a field of an old record holds resources, or says where they are.
fn keeps(value: Option<&Value>) -> bool {
    let is_empty = |module: &Value| {
        ["resources", "outputs"].iter().all(|name| {
            module
                .get(name)
                .is_none_or(|value| value.as_object().is_some_and(Map::is_empty) || value.is_null())
        })
    };
    match value {
        Some(Value::Array(modules)) => !modules.iter().all(is_empty),
        Some(Value::Object(remote)) => !remote.is_empty(),
        _ => false,
    }
}

fn is_proxy_with_password(argument: &Argument, value: &Value) -> bool {
    matches!(argument.name, "http_proxy" | "https_proxy") && value.as_str().is_some_and(has_credentials)
}

/// The value of an argument as it is recorded.
fn recorded(argument: &Argument, value: Option<&Value>) -> Value {
    let Some(value) = value.filter(|value| !argument.is_secret && !is_proxy_with_password(argument, value))
    else {
        return Value::Null;
    };
    let value = argument.form.constraint().convert(value).unwrap_or(Value::Null);
    match (argument.form, value) {
        (Form::Object(attributes), Value::Object(fields)) => Value::Object(
            attributes
                .iter()
                .map(|attribute| (attribute.name.to_owned(), recorded(attribute, fields.get(attribute.name))))
                .collect(),
        ),
        (_, value) => value,
    }
}
