//! One object's attributes: desired, recorded and observed beside each other.

use foundation::settings::{DEPLOYMENT, MANAGED_BY, Profile, UNDERPIN, is_label};
use foundation::{Compare, Role, Schema};
use terraform::{Attributes, Value};

use crate::equality::{equal, fits, is_absent};
use crate::observation::Observed;
use crate::plan::{Action, Drift};

/// Whether what differs makes it another object.
pub(super) fn names_another(schema: &Schema, differences: &[String]) -> bool {
    differences.iter().any(|name| schema.replaces(name))
}

/// What AWS cannot say about an object that is not recorded is as desired.
pub(super) fn take_unreadable(schema: &Schema, arguments: &Attributes, before: &mut Attributes) {
    for attribute in schema.attributes.iter().filter(|attribute| attribute.role == Role::Recorded) {
        if let Some(value) = arguments.get(attribute.name) {
            before.entry(attribute.name).or_insert_with(|| value.clone());
        }
    }
}

/// An object that was taken over without our mark is not given it, and keeps the label that it has, or has not. What
/// underpin made is recorded with the mark, if only in `tags_all` when it was cut off before it could set its tags.
pub(super) fn leave_unmarked(arguments: &mut Attributes, recorded: &Attributes, before: Option<&Attributes>) {
    let marked = |tags: &str| recorded.get(tags).is_some_and(|tags| tags.get(DEPLOYMENT).is_some());
    let Some(tags) = arguments.get_mut("tags").and_then(Value::as_object_mut) else { return };
    if marked("tags") || marked("tags_all") {
        return;
    }
    tags.remove(DEPLOYMENT);
    if tags.get(MANAGED_BY).is_some_and(|label| label == UNDERPIN) {
        tags.remove(MANAGED_BY);
        let present = before.and_then(|before| before.get("tags")?.as_object()).into_iter().flatten();
        let label = present.filter(|(name, _)| is_label(name));
        tags.extend(label.map(|(name, value)| (name.clone(), value.clone())));
    }
}

/// The attributes whose desired value differs from what is.
pub(super) fn differences(
    schema: &Schema,
    arguments: &Attributes,
    before: &Attributes,
    profile: Profile,
) -> Vec<String> {
    let same = match profile {
        Profile::Hardened => equal,
        Profile::Document => fits,
    };
    schema
        .attributes
        .iter()
        .filter(|attribute| attribute.role != Role::Computed)
        .filter(|attribute| match (arguments.get(attribute.name), before.get(attribute.name)) {
            (Some(desired), Some(Value::Null)) if attribute.role == Role::Recorded => !says_nothing(desired),
            (Some(desired), Some(observed)) => !same(attribute.compare, desired, observed),
            (Some(desired), None) => attribute.role == Role::Recorded && !says_nothing(desired),
            (None, _) => false,
        })
        .map(|attribute| attribute.name.to_owned())
        .collect()
}

/// Whether a value is as good as none where only the record holds it: as in Terraform, false is.
fn says_nothing(value: &Value) -> bool {
    is_absent(value) || *value == Value::Bool(false)
}

/// The object as it shall be. An attribute that a new object gets from AWS is missing until it is known.
/// An update leaves what means the same as it is written.
pub(super) fn after(
    schema: &Schema,
    action: Action,
    before: Option<&Attributes>,
    arguments: &Attributes,
    differences: &[String],
) -> Attributes {
    let mut after = match (action, before) {
        (Action::NoOp, Some(before)) => return before.clone(),
        (Action::Update, Some(before)) => before.clone(),
        _ => Attributes::new(),
    };
    for (name, value) in arguments {
        if action != Action::Update || differences.contains(name) || !after.contains_key(name) {
            after.insert(name.clone(), value.clone());
        }
    }
    schema.complete(&mut after);
    after
}

pub(super) fn drift(
    schema: &Schema,
    recorded: Option<&Attributes>,
    observed: Option<&Observed>,
) -> Option<Drift> {
    let recorded = recorded?;
    let Observed::Recorded(observed) = observed? else {
        return Some(Drift::Deleted(recorded.clone()));
    };
    let changed: Vec<_> = schema
        .attributes
        .iter()
        .filter(|attribute| matches!(attribute.role, Role::Argument | Role::Identity | Role::Fixed))
        .filter(|attribute| attribute.compare != Compare::NothingBeyond)
        .filter_map(|attribute| {
            let (was, is) = (recorded.get(attribute.name)?, observed.get(attribute.name)?);
            (!equal(attribute.compare, was, is)).then(|| (attribute.name.to_owned(), was.clone(), is.clone()))
        })
        .collect();
    (!changed.is_empty()).then_some(Drift::Changed(changed))
}
