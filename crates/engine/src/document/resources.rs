//! What happens to the resources, what there is of them, and what there will be.

use foundation::{Schema, kinds};
use serde_json::json;
use terraform::plan_json::{self, Importing, ResourceChange};
use terraform::state_json::Resource;
use terraform::{Address, Attributes, Value};

use super::object::{self, Object};
use crate::plan::{Action, Change, Drift, Plan, Reason};

/// What is done, every resource of the foundation included, by address.
pub(super) fn changes(plan: &Plan) -> Vec<ResourceChange> {
    sorted(plan.changes.iter().filter_map(|change| {
        let schema = schema(change)?;
        let before = change.before.as_ref().map(|before| object::existing(schema, before));
        let after = object::planned(schema, change);
        let importing = || {
            let id = change.before.as_ref()?.get("id")?.as_str()?;
            Some(Importing { id: Some(id.to_owned()) })
        };
        let body = plan_json::Change {
            replace_paths: replace_paths(schema, change),
            importing: if change.import { importing() } else { None },
            ..body(actions(change), before, after)
        };
        let action_reason = change.reason.map(action_reason);
        let entry = ResourceChange::new(&change.address, schema.provider.address(), body);
        Some(ResourceChange { action_reason, ..entry })
    }))
}

/// What changed outside of underpin, by address.
pub(super) fn drift(plan: &Plan) -> Vec<ResourceChange> {
    sorted(plan.changes.iter().filter_map(|change| {
        let schema = schema(change)?;
        let body = match (change.drift.as_ref()?, &change.before) {
            (Drift::Deleted(recorded), _) => {
                body(&["delete"], Some(object::existing(schema, recorded)), None)
            }
            (Drift::Changed(attributes), Some(now)) => {
                let mut recorded = now.clone();
                for (name, was, _) in attributes {
                    recorded.insert(name.clone(), was.clone());
                }
                let following = schema.attributes.iter().filter(|attribute| {
                    let drifted = |name| attributes.iter().any(|(drifted, ..)| drifted == name);
                    attribute.follows.is_some_and(drifted) && recorded.contains_key(attribute.name)
                });
                let following: Vec<(String, Value)> = following
                    .filter_map(|attribute| {
                        Some((attribute.name.to_owned(), recorded.get(attribute.follows?)?.clone()))
                    })
                    .collect();
                recorded.extend(following);
                let now = object::existing(schema, &observed(now, attributes));
                body(&["update"], Some(object::existing(schema, &recorded)), Some(now))
            }
            (Drift::Changed(_), None) => return None,
        };
        Some(ResourceChange::new(&change.address, schema.provider.address(), body))
    }))
}

/// The object with what was observed of the attributes that drifted.
fn observed(now: &Attributes, attributes: &[(String, Value, Value)]) -> Attributes {
    let mut observed = now.clone();
    observed.extend(attributes.iter().map(|(name, _, is)| (name.clone(), is.clone())));
    observed
}

/// What there is.
pub(super) fn prior(plan: &Plan) -> Vec<Resource> {
    let existing = plan.changes.iter().filter_map(|change| {
        let schema = schema(change)?;
        let recorded = schema.recorded(change.before.as_ref()?);
        let object = object::existing(schema, &recorded);
        Some(Resource {
            depends_on: plan.dependencies(&change.address),
            ..resource(schema, &change.address, object)
        })
    });
    existing.collect()
}

/// What there will be.
pub(super) fn planned(plan: &Plan) -> Vec<Resource> {
    let planned = plan.changes.iter().filter_map(|change| {
        let schema = schema(change)?;
        Some(resource(schema, &change.address, object::planned(schema, change)?))
    });
    planned.collect()
}

fn schema(change: &Change) -> Option<&'static Schema> {
    kinds::schema_of(change.address.resource_type())
}

fn sorted(changes: impl Iterator<Item = ResourceChange>) -> Vec<ResourceChange> {
    let mut changes: Vec<ResourceChange> = changes.collect();
    changes.sort_by(|left, right| left.address.cmp(&right.address));
    changes
}

/// Before and after with their skeletons. An absent side is `null`, and its skeleton is `false`.
fn body(
    actions: &'static [&'static str],
    before: Option<Object>,
    after: Option<Object>,
) -> plan_json::Change {
    let (before, before_sensitive) = match before {
        Some(Object { values, sensitive, .. }) => (values, sensitive),
        None => (Value::Null, Value::Bool(false)),
    };
    let (after, after_unknown, after_sensitive) = match after {
        Some(Object { values, unknown, sensitive }) => (values, unknown, sensitive),
        None => (Value::Null, json!({}), Value::Bool(false)),
    };
    let after_unknown = if has_unknown(&after_unknown) { after_unknown } else { json!({}) };
    plan_json::Change {
        actions,
        before,
        after: Some(after),
        after_unknown,
        before_sensitive,
        after_sensitive,
        ..plan_json::Change::default()
    }
}

fn has_unknown(skeleton: &Value) -> bool {
    match skeleton {
        Value::Bool(unknown) => *unknown,
        Value::Array(items) => items.iter().any(has_unknown),
        Value::Object(fields) => fields.values().any(has_unknown),
        _ => false,
    }
}

/// What is done, in Terraform's words. Retaining is doing nothing; a retained object that is replaced is forgotten.
fn actions(change: &Change) -> &'static [&'static str] {
    match change.action {
        Action::NoOp | Action::Retain => &["no-op"],
        Action::Forget => &["forget"],
        Action::Create => &["create"],
        Action::Update => &["update"],
        Action::Replace if change.retain => &["create", "forget"],
        Action::Replace => &["delete", "create"],
        Action::Delete => &["delete"],
    }
}

fn action_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Tainted => "replace_because_tainted",
        Reason::Identity => "replace_because_cannot_update",
        Reason::Requested => "replace_by_request",
        Reason::Dependency => "replace_by_triggers",
        Reason::Undesired => "delete_because_no_resource_config",
    }
}

/// The attributes whose difference makes another object.
fn replace_paths(schema: &Schema, change: &Change) -> Vec<[String; 1]> {
    if change.action != Action::Replace {
        return Vec::new();
    }
    change.differences.iter().filter(|name| schema.replaces(name)).map(|name| [name.clone()]).collect()
}

fn resource(schema: &Schema, address: &Address, object: Object) -> Resource {
    Resource {
        address: address.to_string(),
        mode: "managed",
        resource_type: address.resource_type().to_owned(),
        name: address.name().to_owned(),
        index: None,
        provider_name: schema.provider.address().to_owned(),
        schema_version: schema.schema_version,
        values: object.values,
        sensitive_values: object.sensitive,
        depends_on: Vec::new(),
        tainted: false,
        deposed_key: None,
    }
}
