//! Values as Terraform's language, laid out as `terraform show` lays them out.

use serde_json::Map;
use terraform::Value;
use terraform::quote::quoted;

use crate::text::{clean, columns, padded};

/// Marks what is sensitive, as the JSON documents of Terraform do.
pub(crate) const SENSITIVE: Value = Value::Bool(true);

/// How the keys of an object are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// Identifiers as they are, as in an object.
    Bare,
    /// All in quotes, as in a map.
    Quoted,
}

/// A value whose lines after the first are indented by `indent`, without the parts that are marked beside it.
pub(crate) fn literal(value: &Value, sensitive: &Value, keys: Keys, indent: usize) -> String {
    match value {
        _ if *sensitive == SENSITIVE => "(sensitive value)".to_owned(),
        Value::String(text) => string(text, indent),
        Value::Array(items) if items.is_empty() => "[]".to_owned(),
        Value::Array(items) => {
            let inner = indent + 4;
            let items =
                items.iter().enumerate().map(|(index, item)| literal(item, &sensitive[index], keys, inner));
            let items = items.map(|item| format!("{:inner$}{item},\n", ""));
            format!("[\n{}{:indent$}]", items.collect::<String>(), "")
        }
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            format!("{{\n{}{:indent$}}}", members(fields, sensitive, keys, indent + 4), "")
        }
        other => other.to_string(),
    }
}

/// A text: JSON as a call of `jsonencode`, several lines as a heredoc, anything else in quotes.
fn string(text: &str, indent: usize) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(json) if json == Value::Array(Vec::new()) || json == Value::Object(Map::new()) => {
            format!("jsonencode({json})")
        }
        Ok(json @ (Value::Object(_) | Value::Array(_))) => {
            let inner = indent + 4;
            format!(
                "jsonencode(\n{:inner$}{}\n{:indent$})",
                "",
                literal(&json, &Value::Null, Keys::Bare, inner),
                ""
            )
        }
        _ if text.trim_end_matches('\n').contains('\n') => {
            let lines = text.lines().map(|line| format!("{:1$}{2}\n", "", indent + 4, clean(line)));
            format!("<<-EOT\n{}{:indent$}EOT", lines.collect::<String>(), "")
        }
        _ => quoted(text),
    }
}

fn members(fields: &Map<String, Value>, sensitive: &Value, keys: Keys, indent: usize) -> String {
    let key = |name: &str| if keys == Keys::Bare { key(name) } else { quoted(name) };
    let mut names: Vec<&String> = fields.keys().collect();
    names.sort();
    let widest = names.iter().map(|name| columns(&key(name))).max().unwrap_or(0);
    let member = |name: &&String| {
        let value = fields.get(name.as_str()).unwrap_or(&Value::Null);
        format!(
            "{:indent$}{} = {}\n",
            "",
            padded(&key(name), widest),
            literal(value, &sensitive[name.as_str()], keys, indent)
        )
    };
    names.iter().map(member).collect()
}

/// A key of an object, in quotes when it is no identifier.
fn key(name: &str) -> String {
    let identifier = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if identifier { name.to_owned() } else { quoted(name) }
}
