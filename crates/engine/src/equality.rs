//! When a desired and an observed value of an attribute mean the same.

use foundation::Compare;
use policy::Policy;
use terraform::Value;

/// Whether `desired` and `observed` mean the same under `compare`.
pub fn equal(compare: Compare, desired: &Value, observed: &Value) -> bool {
    if is_absent(desired) && is_absent(observed) {
        return true;
    }
    match compare {
        Compare::Exact => exactly_equal(desired, observed),
        Compare::Set => members(desired) == members(observed),
        Compare::NothingBeyond => {
            let desired = members(desired);
            members(observed).iter().all(|member| desired.contains(member))
        }
        Compare::Policy(_) => policies_equal(desired, observed),
    }
}

/// Whether `observed` is as `desired` says where the latter says something: fields of blocks that it leaves out, and the
/// names of policies' statements, may be anything.
pub fn fits(compare: Compare, desired: &Value, observed: &Value) -> bool {
    match (compare, desired, observed) {
        (Compare::Exact, Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| block_fits(left, right))
        }
        (Compare::Policy(_), _, _) => {
            equal(compare, desired, observed)
                || policies(desired, observed)
                    .is_some_and(|(desired, observed)| desired.unnamed().means_the_same(&observed.unnamed()))
        }
        _ => equal(compare, desired, observed),
    }
}

/// The same for one block.
fn block_fits(desired: &Value, observed: &Value) -> bool {
    let (Value::Object(desired), Value::Object(observed)) = (desired, observed) else {
        return equal(Compare::Exact, desired, observed);
    };
    desired
        .iter()
        .all(|(name, desired)| fits(Compare::Exact, desired, observed.get(name).unwrap_or(&Value::Null)))
}

/// Whether a value says nothing: Terraform's and AWS's many spellings of "unset".
pub fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn exactly_equal(desired: &Value, observed: &Value) -> bool {
    match (desired, observed) {
        (Value::Object(left), Value::Object(right)) => {
            let of = |fields: &serde_json::Map<String, Value>, name: &str| {
                fields.get(name).cloned().unwrap_or(Value::Null)
            };
            left.keys()
                .chain(right.keys())
                .all(|name| equal(Compare::Exact, &of(left, name), &of(right, name)))
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| equal(Compare::Exact, l, r))
        }
        _ => desired == observed || same_text(desired, observed),
    }
}

/// Whether a text spells a number or a bool, which Terraform converts when it reads a state.
fn same_text(left: &Value, right: &Value) -> bool {
    let (text, other) = match (left, right) {
        (Value::String(text), other) | (other, Value::String(text)) => (text, other),
        _ => return false,
    };
    let spelled = other.to_string();
    matches!(other, Value::Number(_) | Value::Bool(_)) && *text == spelled
}

fn members(value: &Value) -> Vec<String> {
    let mut members: Vec<String> = match value {
        Value::Array(items) => items.iter().map(Value::to_string).collect(),
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    };
    members.sort();
    members.dedup();
    members
}

/// Two texts that are no policies are the same only letter by letter.
fn policies_equal(desired: &Value, observed: &Value) -> bool {
    match policies(desired, observed) {
        Some((desired, observed)) => desired.means_the_same(&observed),
        None => desired == observed,
    }
}

/// Both as policies, if both are.
fn policies(left: &Value, right: &Value) -> Option<(Policy, Policy)> {
    let parse = |value: &Value| Policy::parse(value.as_str()?).ok();
    Some((parse(left)?, parse(right)?))
}
