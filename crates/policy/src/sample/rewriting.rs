//! Policies as AWS or an emulator gives them back.

use proptest::prelude::RngExt;
use proptest::test_runner::TestRng;
use serde_json::{Map, Value, json};

use crate::Policy;

/// The policy as AWS or an emulator may give it back: shuffled, repeated, respelled.
pub(crate) fn rewritten(policy: &Policy, rng: &mut TestRng) -> String {
    let mut value: Value = serde_json::from_str(&policy.to_json()).unwrap();
    let statements = value["Statement"].as_array_mut().unwrap();
    shuffle(statements, rng);
    for statement in statements.iter_mut() {
        rewrite_statement(statement.as_object_mut().unwrap(), rng);
    }
    if let [only] = statements.as_slice()
        && rng.random()
    {
        value["Statement"] = only.clone();
    }
    shuffle_keys(value.as_object_mut().unwrap(), rng);
    value.to_string()
}

fn rewrite_statement(statement: &mut Map<String, Value>, rng: &mut TestRng) {
    let is_kms = is_about_kms(statement);
    for (name, element) in statement.iter_mut() {
        match name.as_str() {
            "Action" | "NotAction" => {
                relist(element, rng, respell_case);
            }
            "Resource" | "NotResource" => relist(element, rng, |_, _| ()),
            "Principal" | "NotPrincipal" => rewrite_principals(element, is_kms, rng),
            "Condition" => {
                for (_, keys) in element.as_object_mut().unwrap() {
                    for (_, values) in keys.as_object_mut().unwrap() {
                        relist(values, rng, respell_value);
                    }
                    respell_keys(keys.as_object_mut().unwrap(), rng);
                }
                respell_keys(element.as_object_mut().unwrap(), rng);
            }
            _ => {}
        }
    }
    shuffle_keys(statement, rng);
}

fn rewrite_principals(element: &mut Value, is_kms: bool, rng: &mut TestRng) {
    if *element == "*" && rng.random() {
        *element = json!({"AWS": "*"});
    }
    let Some(kinds) = element.as_object_mut() else { return };
    for (kind, names) in kinds.iter_mut() {
        let is_aws = kind == "AWS";
        relist(names, rng, |name, rng| {
            let text = name.as_str().unwrap();
            match text.split(':').collect::<Vec<_>>().as_slice() {
                ["arn", _, "iam", "", account, "root"] if is_aws && rng.random() => *name = json!(account),
                [account] if is_aws && account.len() == 12 && rng.random() => {
                    *name = json!(format!("arn:aws-cn:iam::{account}:root"));
                }
                ["arn", _, "sts", "", account, session] if is_kms && rng.random() => {
                    let role = session.split('/').nth(1).unwrap();
                    *name = json!(format!("arn:aws:iam::{account}:role/team/{role}"));
                }
                _ => {}
            }
        });
    }
    shuffle_keys(kinds, rng);
}

/// Shuffles, repeats and respells what a list holds, and writes a list of one either way.
fn relist(value: &mut Value, rng: &mut TestRng, mut respell: impl FnMut(&mut Value, &mut TestRng)) {
    let mut items = match value.take() {
        Value::Array(items) => items,
        single => vec![single],
    };
    if let Some(first) = items.first().cloned()
        && rng.random()
    {
        items.push(first);
    }
    for item in &mut items {
        respell(item, rng);
    }
    shuffle(&mut items, rng);
    *value = match items.as_slice() {
        [only] if rng.random() => only.clone(),
        _ => Value::Array(items),
    };
}

fn respell_value(value: &mut Value, rng: &mut TestRng) {
    let text = value.as_str().unwrap();
    if let Ok(plain @ (Value::Bool(_) | Value::Number(_))) = serde_json::from_str(text)
        && rng.random()
    {
        *value = plain;
    }
}

fn respell_case(value: &mut Value, rng: &mut TestRng) {
    if rng.random() {
        *value = json!(value.as_str().unwrap().to_ascii_uppercase());
    }
}

fn respell_keys(object: &mut Map<String, Value>, rng: &mut TestRng) {
    *object = std::mem::take(object)
        .into_iter()
        .map(|(key, value)| match rng.random() {
            true => (key.to_ascii_lowercase(), value),
            false => (key, value),
        })
        .collect();
    shuffle_keys(object, rng);
}

fn shuffle_keys(object: &mut Map<String, Value>, rng: &mut TestRng) {
    let mut entries: Vec<_> = std::mem::take(object).into_iter().collect();
    shuffle(&mut entries, rng);
    *object = entries.into_iter().collect();
}

fn shuffle<T>(items: &mut [T], rng: &mut TestRng) {
    for last in (1..items.len()).rev() {
        items.swap(last, rng.random_range(0..=last));
    }
}

fn is_about_kms(statement: &Map<String, Value>) -> bool {
    match statement.get("Action") {
        Some(Value::String(action)) => action.to_ascii_lowercase().starts_with("kms:"),
        Some(Value::Array(actions)) => {
            let is_kms = |action: &Value| action.as_str().unwrap().to_ascii_lowercase().starts_with("kms:");
            !actions.is_empty() && actions.iter().all(is_kms)
        }
        _ => false,
    }
}
