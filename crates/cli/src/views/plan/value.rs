//! Values of attributes as text, and what differs between two of them.

use engine::equality::is_absent;
use engine::template;
use terraform::Value;

use crate::text::clean;

/// What stands for a value that only an apply can tell, as Terraform writes it.
const UNKNOWN: &str = "(known after apply)";

/// One value somewhere in an attribute, with its path: `tags.environment`, `rule.bucket_key_enabled`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Leaf {
    /// How Terraform's language would refer to it; a block that is there once has no index.
    pub path: String,
    /// A scalar, or a list of scalars.
    pub value: Value,
}

/// A value that is different after a change.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LeafChange {
    /// As in [`Leaf`].
    pub path: String,
    /// `None`: it was not set.
    pub before: Option<Value>,
    /// `None`: it is set no longer.
    pub after: Option<Value>,
}

/// All values in an attribute that are set.
pub(super) fn leaves(path: &str, value: &Value) -> Vec<Leaf> {
    match value {
        _ if is_absent(value) => Vec::new(),
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, field)| leaves(&member(path, name), field)).collect()
        }
        Value::Array(items) if items.iter().any(Value::is_object) => match items.as_slice() {
            [only] => leaves(path, only),
            _ => items
                .iter()
                .enumerate()
                .flat_map(|(index, item)| leaves(&format!("{path}[{index}]"), item))
                .collect(),
        },
        _ => vec![Leaf { path: path.to_owned(), value: value.clone() }],
    }
}

/// The values in an attribute that differ; what is set after it first, then what is set no longer.
pub(super) fn changed_leaves(path: &str, before: &Value, after: &Value) -> Vec<LeafChange> {
    let (before, after) = (leaves(path, before), leaves(path, after));
    let find = |leaves: &[Leaf], path: &str| {
        leaves.iter().find(|leaf| leaf.path == path).map(|leaf| leaf.value.clone())
    };
    let gone = before.iter().filter(|leaf| find(&after, &leaf.path).is_none());
    after
        .iter()
        .chain(gone)
        .map(|leaf| LeafChange {
            path: leaf.path.clone(),
            before: find(&before, &leaf.path),
            after: find(&after, &leaf.path),
        })
        .filter(|change| change.before != change.after)
        .collect()
}

/// A value on one line, strings in quotes.
pub(super) fn text(value: &Value) -> String {
    if let Value::Array(items) = value {
        return format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", "));
    }
    let resolved = resolve(value);
    if resolved == UNKNOWN && *value != resolved { UNKNOWN.to_owned() } else { clean(&resolved.to_string()) }
}

/// A string without quotes, for the name of an object or a sentence.
pub(super) fn bare(text: &str) -> String {
    match resolve(&Value::from(text)) {
        Value::String(resolved) => clean(&resolved),
        other => clean(&other.to_string()),
    }
}

fn resolve(value: &Value) -> Value {
    template::resolve(value, &|_| Some(Value::from(UNKNOWN)))
}

fn member(path: &str, name: &str) -> String {
    let identifier = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.chars().all(identifier) {
        format!("{path}.{name}")
    } else {
        format!("{path}[{}]", text(&Value::from(name)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_as_text() {
        for (value, shown) in [
            (json!("a \"b\"\u{1b}"), r#""a \"b\"\u001b""#),
            (json!(7), "7"),
            (json!(true), "true"),
            (json!(["a", 1]), r#"["a", 1]"#),
            (json!("${aws_kms_key.main.arn}"), "(known after apply)"),
            (json!("logs-${terraform_data.deployment.output}"), "\"logs-(known after apply)\""),
            (json!(["arn:${x.y.z}/", "${x.y.z}"]), "[\"arn:(known after apply)/\", (known after apply)]"),
            (json!("${aws:username}"), "\"${aws:username}\""),
        ] {
            assert_eq!(text(&value), shown);
        }
        assert_eq!(bare("logs-${terraform_data.deployment.output}"), "logs-(known after apply)");
    }

    #[test]
    fn what_differs_inside_of_blocks() {
        let before = json!([{"id": "a", "days": [{"n": 1}], "status": "on", "x": null}]);
        let after = json!([{"id": "a", "days": [{"n": 2}], "status": null, "prefixes": ["p"]}]);
        let change = |path: &str, before: Option<Value>, after: Option<Value>| LeafChange {
            path: path.to_owned(),
            before,
            after,
        };
        assert_eq!(
            changed_leaves("rule", &before, &after),
            [
                change("rule.days.n", Some(json!(1)), Some(json!(2))),
                change("rule.prefixes", None, Some(json!(["p"]))),
                change("rule.status", Some(json!("on")), None),
            ]
        );
        let two = leaves("rule", &json!([{"id": "a"}, {"id": "b"}]));
        assert_eq!(
            two.iter().map(|leaf| leaf.path.as_str()).collect::<Vec<_>>(),
            ["rule[0].id", "rule[1].id"]
        );
        assert_eq!(
            leaves("tags", &json!({"underpin:deployment": "x"}))[0].path,
            "tags[\"underpin:deployment\"]"
        );
    }
}
