//! Values of a template, with the functions that AWS computes when a stack is made.

use serde_json::{Map, json};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// A bool.
    Bool(bool),
    /// A number, as JSON writes it.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A map, in order.
    Map(Vec<(String, Value)>),
    /// A function with a text: `Ref`, `Sub`, `GetAtt`.
    Short(&'static str, String),
    /// A function with arguments: `If`, `Select`, `Not` and the like.
    Call(&'static str, Vec<Value>),
}

impl Value {
    /// A text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The value of a parameter, or what a resource is referred to by.
    pub(super) fn reference(name: impl Into<String>) -> Self {
        Self::Short("Ref", name.into())
    }

    /// No value: the property is as if it had not been written.
    pub(super) fn none() -> Self {
        Self::reference("AWS::NoValue")
    }

    /// One value or none.
    #[must_use]
    pub(super) fn when(self, condition: &str) -> Self {
        Self::Call("If", vec![Self::text(condition), self, Self::none()])
    }

    /// A map.
    pub(super) fn map<const N: usize>(fields: [(&str, Self); N]) -> Self {
        Self::Map(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// As JSON, functions by their full names.
    pub(super) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Bool(value) => json!(value),
            Self::Number(number) => number.parse().map_or_else(|_| json!(number), serde_json::Value::Number),
            Self::Text(text) => json!(text),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(fields) => {
                let fields: Map<_, _> =
                    fields.iter().map(|(name, value)| (name.clone(), value.to_json())).collect();
                fields.into()
            }
            Self::Short("GetAtt", text) => json!({ "Fn::GetAtt": text.split('.').collect::<Vec<_>>() }),
            Self::Short(function, text) => json!({ full_name(function): text }),
            Self::Call(function, arguments) => {
                json!({ full_name(function): arguments.iter().map(Self::to_json).collect::<Vec<_>>() })
            }
        }
    }
}

/// The function's name in a template without tags.
fn full_name(function: &str) -> String {
    match function {
        "Ref" => function.to_owned(),
        _ => format!("Fn::{function}"),
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.to_string())
    }
}
