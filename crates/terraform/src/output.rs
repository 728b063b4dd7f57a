//! Output values as `terraform output` prints them: for people, as JSON, and raw. No text ends with a newline.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::json;
use crate::quote::{heredoc, quoted};
use crate::state::Output;

/// A value that has no raw form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the -raw option only supports strings, numbers and bools, but the value is {type_name}")]
pub struct NotRaw {
    /// Its type in words, for example `list of string`.
    pub type_name: String,
}

impl Output {
    /// An output with the type that Terraform would infer from a literal: tuple and object rather than list and map.
    ///
    /// `None` for null, which Terraform does not store as an output.
    pub fn of(value: Value) -> Option<Self> {
        if value.is_null() {
            return None;
        }
        Some(Self { value_type: implied_type(&value), value, sensitive: false, unknown: Map::new() })
    }

    /// The value as `output NAME` prints it, sensitive or not.
    pub fn human(&self) -> String {
        text(&self.value, &self.value_type, 0)
    }

    /// The value as `output -json NAME` prints it.
    pub fn json(&self) -> String {
        json::compact(&json::sorted(&self.value))
    }

    /// The value as `output -raw NAME` prints it.
    ///
    /// # Errors
    /// A value that is no string, number or bool.
    pub fn raw(&self) -> Result<String, NotRaw> {
        match &self.value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(value) => Ok(value.to_string()),
            _ => Err(NotRaw { type_name: type_name(&self.value_type) }),
        }
    }
}

/// All outputs as `output` prints them, one `name = value` after the other; sensitive ones are masked.
pub fn human(outputs: &BTreeMap<String, Output>) -> String {
    let lines: Vec<String> = outputs
        .iter()
        .map(|(name, output)| {
            let value = if output.sensitive { "<sensitive>".to_owned() } else { output.human() };
            format!("{name} = {value}")
        })
        .collect();
    lines.join("\n")
}

/// All outputs as `output -json` prints them; sensitive ones in clear, as Terraform does.
pub fn json(outputs: &BTreeMap<String, Output>) -> String {
    let entry = |output: &Output| {
        Value::Object(Map::from_iter([
            ("sensitive".to_owned(), Value::Bool(output.sensitive)),
            ("type".to_owned(), json::sorted(&output.value_type)),
            ("value".to_owned(), json::sorted(&output.value)),
        ]))
    };
    let outputs = outputs.iter().map(|(name, output)| (name.clone(), entry(output))).collect();
    json::pretty(&Value::Object(outputs))
}

/// The type of a literal in Terraform's JSON notation.
fn implied_type(value: &Value) -> Value {
    match value {
        Value::Null => Value::from("dynamic"),
        Value::Bool(_) => Value::from("bool"),
        Value::Number(_) => Value::from("number"),
        Value::String(_) => Value::from("string"),
        Value::Array(items) => {
            let items: Vec<Value> = items.iter().map(implied_type).collect();
            Value::from(vec![Value::from("tuple"), Value::from(items)])
        }
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), implied_type(value))).collect();
            Value::from(vec![Value::from("object"), Value::Object(fields)])
        }
    }
}

/// The kind of a type (`list`, `string`) and what it is made of.
fn kind(value_type: &Value) -> (&str, Option<&Value>) {
    match value_type {
        Value::String(name) => (name, None),
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(kind), inner, ..] => (kind, Some(inner)),
            _ => ("dynamic", None),
        },
        _ => ("dynamic", None),
    }
}

/// A type in words: `map of list of string`, `object`.
fn type_name(value_type: &Value) -> String {
    match kind(value_type) {
        (kind @ ("list" | "set" | "map"), Some(element)) => {
            format!("{kind} of {}", type_name(element))
        }
        (kind, _) => kind.to_owned(),
    }
}

/// The type of an element: of a list, set or map at any place, of a tuple or object at this one.
fn element_type<'a>(value_type: &'a Value, index: usize, name: &str) -> &'a Value {
    let element = match kind(value_type) {
        ("tuple", Some(elements)) => elements.get(index),
        ("object", Some(attributes)) => attributes.get(name),
        ("list" | "set" | "map", element) => element,
        _ => None,
    };
    element.unwrap_or(&Value::Null)
}

fn text(value: &Value, value_type: &Value, indent: usize) -> String {
    let (kind, _) = kind(value_type);
    match value {
        Value::Null => null_text(value_type),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => heredoc(text, indent).unwrap_or_else(|| quoted(text)),
        Value::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .enumerate()
                .map(|(index, item)| {
                    let item = text(item, element_type(value_type, index, ""), indent + 2);
                    format!("{:1$}{item},", "", indent + 2)
                })
                .collect();
            let body = block('[', &items, ']', indent);
            match kind {
                "list" | "set" => format!("to{kind}({body})"),
                _ => body,
            }
        }
        Value::Object(fields) => {
            if kind == "dynamic"
                && let (Some(value), Some(value_type)) = (fields.get("value"), fields.get("type"))
            {
                return text(value, value_type, indent);
            }
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort();
            let items: Vec<String> = names
                .into_iter()
                .filter_map(|name| {
                    let value = text(fields.get(name)?, element_type(value_type, 0, name), indent + 2);
                    let name = heredoc(name, indent + 2).unwrap_or_else(|| quoted(name));
                    Some(format!("{:1$}{name} = {value}", "", indent + 2))
                })
                .collect();
            let body = block('{', &items, '}', indent);
            match kind {
                "map" => format!("tomap({body})"),
                _ => body,
            }
        }
    }
}

fn block(open: char, items: &[String], close: char, indent: usize) -> String {
    if items.is_empty() {
        return format!("{open}{close}");
    }
    format!("{open}\n{}\n{:indent$}{close}", items.join("\n"), "")
}

fn null_text(value_type: &Value) -> String {
    match kind(value_type) {
        (kind @ ("string" | "number" | "bool"), _) => format!("to{kind}(null)"),
        (kind @ ("list" | "set" | "map"), Some(element)) => {
            format!("to{kind}(null) /* of {} */", type_name(element))
        }
        (kind @ ("object" | "tuple"), _) => format!("null /* {kind} */"),
        _ => "null".to_owned(),
    }
}
