//! The module that the settings amount to: providers, resources with their expressions, outputs, variables.

use std::collections::{BTreeMap, BTreeSet};

use foundation::settings::{DECLARATIONS, default_of};
use foundation::{Provider, Reference, Resource, kinds};
use serde_json::json;
use terraform::plan_json::RelevantAttribute;
use terraform::{Address, Attributes, Value};

use crate::plan::{Action, Plan};
use crate::plan_file::Basis;
use crate::template;

/// The whole configuration.
pub(super) fn configuration(plan: &Plan, basis: &Basis) -> Value {
    let mut resources: Vec<(String, Value)> =
        basis.resources.iter().map(|wanted| (wanted.address.to_string(), resource(wanted, basis))).collect();
    resources.sort_by(|left, right| left.0.cmp(&right.0));
    let resources: Vec<Value> = resources.into_iter().map(|(_, resource)| resource).collect();
    let outputs: Attributes = plan
        .expressions
        .iter()
        .map(|(name, output)| (name.clone(), json!({ "expression": expression(&output.value) })))
        .collect();
    json!({
        "provider_config": providers(),
        "root_module": { "outputs": outputs, "resources": resources, "variables": variables() },
    })
}

/// Every attribute that something refers to; nothing when nothing changes.
pub(super) fn relevant(plan: &Plan, basis: &Basis) -> Vec<RelevantAttribute> {
    if plan.changes.iter().all(|change| matches!(change.action, Action::NoOp | Action::Retain)) {
        return Vec::new();
    }
    let arguments = basis.resources.iter().flat_map(|wanted| wanted.arguments.values());
    let outputs = plan.expressions.values().map(|output| &output.value);
    let referred: BTreeSet<RelevantAttribute> = arguments
        .chain(outputs)
        .flat_map(template::references)
        .map(|reference| RelevantAttribute {
            resource: reference.address.to_string(),
            attribute: vec![reference.attribute],
        })
        .collect();
    referred.into_iter().collect()
}

fn providers() -> Value {
    let provider =
        |provider: Provider| json!({ "name": provider.local_name(), "full_name": provider.address() });
    let mut aws = provider(Provider::Aws);
    if let Some(fields) = aws.as_object_mut() {
        fields.insert("expressions".to_owned(), json!({ "region": { "references": ["var.aws_region"] } }));
    }
    json!({ "aws": aws, "terraform": provider(Provider::Builtin) })
}

fn variables() -> Attributes {
    let variable = |default: Option<Value>, meaning: &str| {
        let default = default.map(|default| ("default".to_owned(), default));
        let description = ("description".to_owned(), Value::from(meaning));
        default.into_iter().chain([description]).collect::<Value>()
    };
    let variables: BTreeMap<String, Value> = DECLARATIONS
        .iter()
        .map(|declared| (declared.name.to_owned(), variable(default_of(declared), declared.meaning)))
        .collect();
    variables.into_iter().collect()
}

fn resource(wanted: &Resource, basis: &Basis) -> Value {
    let address = &wanted.address;
    let schema = kinds::schema_of(address.resource_type());
    let mut resource = json!({
        "address": address.to_string(),
        "mode": "managed",
        "type": address.resource_type(),
        "name": address.name(),
        "provider_config_key": schema.map(|schema| schema.provider.local_name()),
    });
    let named = Named::among(wanted, basis);
    if let Some(fields) = resource.as_object_mut() {
        let mut expressions = expressions(&wanted.arguments);
        expressions.extend(named.iter().map(Named::expression));
        if !expressions.is_empty() {
            fields.insert("expressions".to_owned(), Value::Object(expressions));
        }
        let version = schema.map(|schema| schema.schema_version);
        fields.insert("schema_version".to_owned(), version.unwrap_or_default().into());
        let unsaid = unsaid(wanted, &named);
        if !unsaid.is_empty() {
            fields.insert("depends_on".to_owned(), unsaid.into());
        }
    }
    resource
}

/// An argument that holds the name of what the resource depends on: the bucket of a setting, the role of a policy. In a
/// module it would refer to that, and tools connect the two by it.
struct Named<'a> {
    argument: &'static str,
    attribute: &'static str,
    address: &'a Address,
}

impl<'a> Named<'a> {
    fn among(wanted: &Resource, basis: &'a Basis) -> Vec<Self> {
        let schema = kinds::schema_of(wanted.address.resource_type());
        let referring = schema.into_iter().flat_map(|schema| schema.attributes);
        referring
            .filter_map(|argument| {
                let Reference { resource_type, attribute } = argument.refers_to?;
                let name = wanted.arguments.get(argument.name)?;
                let named = basis.resources.iter().find(|other| {
                    other.address.resource_type() == resource_type
                        && wanted.depends_on.contains(&other.address)
                        && other.arguments.get(attribute) == Some(name)
                })?;
                Some(Self { argument: argument.name, attribute, address: &named.address })
            })
            .collect()
    }

    fn expression(&self) -> (String, Value) {
        let Self { argument, attribute, address } = self;
        let references = json!([format!("{address}.{attribute}"), address.to_string()]);
        ((*argument).to_owned(), json!({ "references": references }))
    }
}

/// What must exist first and is not referred to.
fn unsaid(wanted: &Resource, named: &[Named<'_>]) -> Vec<String> {
    let referred: Vec<template::Reference> =
        wanted.arguments.values().flat_map(template::references).collect();
    let is_said = |address: &&Address| {
        referred.iter().any(|of| of.address == **address) || named.iter().any(|of| of.address == *address)
    };
    wanted.depends_on.iter().filter(|address| !is_said(address)).map(ToString::to_string).collect()
}

/// The arguments that are set, each as an expression.
fn expressions(arguments: &Attributes) -> Attributes {
    let mut expressions: Attributes = arguments
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), argument(value)))
        .collect();
    expressions.sort_keys();
    expressions
}

/// A list of objects is blocks, each with expressions of its own.
fn argument(value: &Value) -> Value {
    match value {
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_object) => {
            items.iter().filter_map(Value::as_object).map(|block| Value::Object(expressions(block))).collect()
        }
        other => expression(other),
    }
}

/// What a value refers to, the most specific first; or the value itself.
fn expression(value: &Value) -> Value {
    let mut references: Vec<String> = Vec::new();
    for template::Reference { address, attribute } in template::references(value) {
        let (whole, part) = (address.to_string(), format!("{address}.{attribute}"));
        if !references.contains(&part) {
            references.extend([part, whole]);
        }
    }
    if references.is_empty() {
        json!({ "constant_value": value })
    } else {
        json!({ "references": references })
    }
}
