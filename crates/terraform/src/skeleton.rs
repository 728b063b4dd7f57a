//! The skeletons beside a value in Terraform's JSON: which parts are not known yet, which are sensitive.
//!
//! A skeleton has the shape of its value. Leaves that have nothing to say are left out of objects and are `false` in
//! arrays; collections stay, empty ones too.

use serde_json::{Map, Value};

/// A value taken apart: what is known of it, and the skeleton of what is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Partition {
    /// The known part; `None` when nothing is known.
    pub known: Option<Value>,
    /// `true` where the value is unknown.
    pub unknown: Value,
}

/// Takes a value apart. `is_unknown` answers for strings; a list or map of leaves that holds an unknown one is unknown as
/// a whole, as the AWS provider has it. An object within a list is a block, of which each part counts for itself.
pub fn partition(value: &Value, is_unknown: &dyn Fn(&str) -> bool) -> Partition {
    let holds_unknown = |value: &Value| value.as_str().is_some_and(is_unknown);
    match value {
        Value::Array(items) if !items.iter().any(holds_unknown) => {
            let (known, unknown): (Vec<_>, Vec<_>) = items
                .iter()
                .map(|item| {
                    let Partition { known, unknown } = match item {
                        Value::Object(fields) => block(fields, is_unknown),
                        item => partition(item, is_unknown),
                    };
                    (known.unwrap_or_default(), unknown)
                })
                .unzip();
            Partition { known: Some(Value::Array(known)), unknown: Value::Array(unknown) }
        }
        Value::Object(fields) if !fields.values().any(holds_unknown) => block(fields, is_unknown),
        Value::Array(_) | Value::Object(_) => unknown(),
        leaf if holds_unknown(leaf) => unknown(),
        leaf => Partition { known: Some(leaf.clone()), unknown: Value::Bool(false) },
    }
}

/// Takes the attributes of an object apart, each for itself.
pub fn block(fields: &Map<String, Value>, is_unknown: &dyn Fn(&str) -> bool) -> Partition {
    let (mut known, mut skeleton) = (Map::new(), Map::new());
    for (name, field) in fields {
        let part = partition(field, is_unknown);
        known.extend(part.known.map(|field| (name.clone(), field)));
        if part.unknown != Value::Bool(false) {
            skeleton.insert(name.clone(), part.unknown);
        }
    }
    Partition { known: Some(Value::Object(known)), unknown: Value::Object(skeleton) }
}

/// A value of which nothing is known.
pub fn unknown() -> Partition {
    Partition { known: None, unknown: Value::Bool(true) }
}

/// One step from a value into it.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// An attribute, or the item of a map.
    Name(String),
    /// The element of a list.
    Index(usize),
}

/// The skeleton of what is sensitive: `true` where one of `paths` leads.
pub fn sensitive(value: &Value, paths: &[&[Step]]) -> Value {
    if paths.iter().any(|path| path.is_empty()) {
        return Value::Bool(true);
    }
    let below = |step: &Step| -> Vec<&[Step]> {
        paths
            .iter()
            .filter_map(|path| path.split_first())
            .filter_map(|(first, rest)| (first == step).then_some(rest))
            .collect()
    };
    match value {
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.map(|(index, item)| sensitive(item, &below(&Step::Index(index)))).collect()
        }
        Value::Object(fields) => fields
            .iter()
            .map(|(name, field)| (name.clone(), sensitive(field, &below(&Step::Name(name.clone())))))
            .filter(|(_, skeleton)| *skeleton != Value::Bool(false))
            .collect(),
        _ => Value::Bool(false),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_parts_are_left_out_and_marked() {
        let cases = [
            (json!("known"), Some(json!("known")), json!(false)),
            (json!("?"), None, json!(true)),
            (json!(["a", "?"]), None, json!(true)),
            (json!({"a": "b", "c": "?"}), None, json!(true)),
            (json!({}), Some(json!({})), json!({})),
            (json!([1, null]), Some(json!([1, null])), json!([false, false])),
            (
                json!([{"a": "?", "b": 1, "c": ["x"], "d": [], "e": [{"f": "?"}]}]),
                Some(json!([{"b": 1, "c": ["x"], "d": [], "e": [{}]}])),
                json!([{"a": true, "c": [false], "d": [], "e": [{"f": true}]}]),
            ),
        ];
        for (value, known, unknown) in cases {
            assert_eq!(partition(&value, &|text| text == "?"), Partition { known, unknown }, "{value}");
        }
    }

    #[test]
    fn sensitive_parts_are_marked_and_the_shape_stays() {
        let value = json!({"a": "x", "b": {"s": "x", "t": 1}, "c": ["x", "y"], "d": [], "e": {}});
        let path = |steps: &[Step]| steps.to_vec();
        let (b, c) = (
            path(&[Step::Name("b".to_owned()), Step::Name("s".to_owned())]),
            path(&[Step::Name("c".to_owned()), Step::Index(1)]),
        );
        assert_eq!(sensitive(&value, &[]), json!({"b": {}, "c": [false, false], "d": [], "e": {}}));
        assert_eq!(
            sensitive(&value, &[&b, &c]),
            json!({"b": {"s": true}, "c": [false, true], "d": [], "e": {}})
        );
        assert_eq!(sensitive(&value, &[&[]]), json!(true));
    }
}
