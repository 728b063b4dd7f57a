//! Terraform's type constraints, and the conversion of values to them.

pub(crate) mod conversion;
#[cfg(test)]
mod tests;

use std::fmt;

use serde_json::Value;

/// A type constraint of an input variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `string`
    String,
    /// `number`
    Number,
    /// `bool`
    Bool,
    /// `list(TYPE)`
    List(Box<Type>),
    /// `set(TYPE)`: an array without duplicates, sorted where the elements are strings, numbers or bools.
    Set(Box<Type>),
    /// `map(TYPE)`
    Map(Box<Type>),
    /// `object({…})`
    Object(Vec<ObjectAttribute>),
    /// `any`: the value as it is.
    Any,
}

/// An attribute of an object type.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectAttribute {
    /// Its name.
    pub name: String,
    /// Its type.
    pub attribute_type: Type,
    /// `None`: required. Otherwise `optional(TYPE, VALUE)`, where the value may be null.
    pub default: Option<Value>,
}

impl Type {
    /// `list(ELEMENT)`
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// `set(ELEMENT)`
    pub fn set(element: Self) -> Self {
        Self::Set(Box::new(element))
    }

    /// `map(ELEMENT)`
    pub fn map(element: Self) -> Self {
        Self::Map(Box::new(element))
    }

    /// The type in the words of Terraform's errors: `list of string`, `object`.
    pub fn friendly_name(&self) -> String {
        match self {
            Self::String => "string".to_owned(),
            Self::Number => "number".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::List(element) => format!("list of {}", element.friendly_name()),
            Self::Set(element) => format!("set of {}", element.friendly_name()),
            Self::Map(element) => format!("map of {}", element.friendly_name()),
            Self::Object(_) => "object".to_owned(),
            Self::Any => "any single type".to_owned(),
        }
    }
}

impl ObjectAttribute {
    /// An attribute that must be given.
    pub fn required(name: &str, attribute_type: Type) -> Self {
        Self { name: name.to_owned(), attribute_type, default: None }
    }

    /// An attribute that is null when it is not given.
    pub fn optional(name: &str, attribute_type: Type) -> Self {
        Self { default: Some(Value::Null), ..Self::required(name, attribute_type) }
    }
}

/// The type as it is written in a `variable` block.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => f.write_str("string"),
            Self::Number => f.write_str("number"),
            Self::Bool => f.write_str("bool"),
            Self::List(element) => write!(f, "list({element})"),
            Self::Set(element) => write!(f, "set({element})"),
            Self::Map(element) => write!(f, "map({element})"),
            Self::Any => f.write_str("any"),
            Self::Object(attributes) => {
                let attributes: Vec<String> = attributes
                    .iter()
                    .map(|attribute| {
                        let ObjectAttribute { name, attribute_type, default } = attribute;
                        match default {
                            None => format!("{name} = {attribute_type}"),
                            Some(Value::Null) => format!("{name} = optional({attribute_type})"),
                            Some(value) => format!("{name} = optional({attribute_type}, {value})"),
                        }
                    })
                    .collect();
                write!(f, "object({{ {} }})", attributes.join(", "))
            }
        }
    }
}

/// A step from a value into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathStep {
    /// The item of an object or map under this key.
    Key(String),
    /// The element of a list or set at this place, counted from 0.
    Index(usize),
}

/// `["key"]` or `[0]`, as it is appended to a variable's name.
impl fmt::Display for PathStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "[{}]", Value::from(key.as_str())),
            Self::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// A value that has no form of the wanted type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", self.place())]
pub struct ConversionError {
    /// Where inside the value.
    pub path: Vec<PathStep>,
    /// What is wanted there, in Terraform's words: `string required`.
    pub message: String,
    /// Whether the last step of the path is an attribute of an object type rather than an element.
    attribute_steps: Vec<bool>,
}

impl ConversionError {
    fn new(message: impl Into<String>) -> Self {
        Self { path: Vec::new(), message: message.into(), attribute_steps: Vec::new() }
    }

    fn inside(mut self, step: PathStep, is_attribute: bool) -> Self {
        self.path.insert(0, step);
        self.attribute_steps.insert(0, is_attribute);
        self
    }

    fn place(&self) -> String {
        self.path
            .iter()
            .zip(&self.attribute_steps)
            .map(|(step, is_attribute)| match step {
                PathStep::Key(key) if *is_attribute => format!("attribute \"{key}\": "),
                PathStep::Key(key) => format!("element \"{key}\": "),
                PathStep::Index(index) => format!("element {index}: "),
            })
            .collect()
    }
}
