//! Conversion of values to type constraints, as Terraform converts input variables.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::{ConversionError, ObjectAttribute, PathStep, Type};
use crate::number;

impl Type {
    /// The value in the form of this type; null has every type.
    ///
    /// # Errors
    /// The first place inside the value that has no such form, with Terraform's wording.
    pub fn convert(&self, value: &Value) -> Result<Value, ConversionError> {
        if value.is_null() {
            return Ok(Value::Null);
        }
        let required = || ConversionError::new(format!("{} required", self.friendly_name()));
        match (self, value) {
            (Self::Any, value) => Ok(canonical(value)),
            (Self::String, value) => scalar_text(value).map(Value::String).ok_or_else(required),
            (Self::Number, Value::Number(_) | Value::String(_)) => to_number(value)
                .and_then(|text| text.parse::<Number>().ok())
                .map(Value::Number)
                .ok_or_else(|| ConversionError::new("a number is required")),
            (Self::Bool, Value::Bool(_) | Value::String(_)) => {
                to_bool(value).map(Value::Bool).ok_or_else(|| not_a_bool(value))
            }
            (Self::List(element), Value::Array(items)) => {
                let items = elements(element, items)?;
                Ok(Value::Array(items))
            }
            (Self::Set(element), Value::Array(items)) => {
                let mut items = elements(element, items)?;
                items.sort_by(compare);
                items.dedup();
                Ok(Value::Array(items))
            }
            (Self::Map(element), Value::Object(fields)) => map(element, fields),
            (Self::Object(attributes), Value::Object(fields)) => object(attributes, fields),
            _ => Err(required()),
        }
    }
}

fn elements(element: &Type, items: &[Value]) -> Result<Vec<Value>, ConversionError> {
    let converted = items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            element.convert(item).map_err(|error| error.inside(PathStep::Index(index), false))
        })
        .collect::<Result<Vec<_>, _>>()?;
    match element {
        Type::Any => one_type(converted)
            .ok_or_else(|| ConversionError::new("all list elements must have the same type")),
        _ => Ok(converted),
    }
}

fn map(element: &Type, fields: &Map<String, Value>) -> Result<Value, ConversionError> {
    let mut entries: Vec<(&String, &Value)> = fields.iter().collect();
    entries.sort_by_key(|(name, _)| *name);
    let mut values = Vec::with_capacity(entries.len());
    for (name, value) in &entries {
        let value =
            element.convert(value).map_err(|error| error.inside(PathStep::Key((*name).clone()), false))?;
        values.push(value);
    }
    if matches!(element, Type::Any) {
        values = one_type(values)
            .ok_or_else(|| ConversionError::new("all map elements must have the same type"))?;
    }
    let names = entries.into_iter().map(|(name, _)| name.clone());
    Ok(Value::Object(names.zip(values).collect()))
}

/// Takes the declared attributes, in byte order of their names; others are dropped, as Terraform does.
fn object(attributes: &[ObjectAttribute], fields: &Map<String, Value>) -> Result<Value, ConversionError> {
    let mut sorted: Vec<&ObjectAttribute> = attributes.iter().collect();
    sorted.sort_by_key(|attribute| &attribute.name);
    let missing: Vec<String> = sorted
        .iter()
        .filter(|attribute| attribute.default.is_none() && !fields.contains_key(&attribute.name))
        .map(|attribute| format!("\"{}\"", attribute.name))
        .collect();
    match missing.as_slice() {
        [] => {}
        [one] => return Err(ConversionError::new(format!("attribute {one} is required"))),
        [one, other] => {
            let message = format!("attributes {one} and {other} are required");
            return Err(ConversionError::new(message));
        }
        [start @ .., last] => {
            let message = format!("attributes {}, and {last} are required", start.join(", "));
            return Err(ConversionError::new(message));
        }
    }
    let mut converted = Map::new();
    for attribute in sorted {
        let given = fields.get(&attribute.name).filter(|value| !value.is_null());
        let value = given.or(attribute.default.as_ref()).unwrap_or(&Value::Null);
        let value = attribute
            .attribute_type
            .convert(value)
            .map_err(|error| error.inside(PathStep::Key(attribute.name.clone()), true))?;
        converted.insert(attribute.name.clone(), value);
    }
    Ok(Value::Object(converted))
}

/// The same values with one type among them: text, if one of several scalars is text.
fn one_type(values: Vec<Value>) -> Option<Vec<Value>> {
    let kinds = |wanted: fn(&Value) -> bool| values.iter().filter(|value| wanted(value)).count();
    let nulls = kinds(Value::is_null);
    let known = values.len() - nulls;
    let texts = kinds(Value::is_string);
    let scalars = texts + kinds(Value::is_number) + kinds(Value::is_boolean);
    let is_uniform = [
        texts,
        kinds(Value::is_number),
        kinds(Value::is_boolean),
        kinds(Value::is_array),
        kinds(Value::is_object),
    ]
    .contains(&known);
    if is_uniform {
        return Some(values);
    }
    if scalars != known || texts == 0 {
        return None;
    }
    let text = |value: Value| scalar_text(&value).map_or(Value::Null, Value::String);
    Some(values.into_iter().map(text).collect())
}

fn not_a_bool(value: &Value) -> ConversionError {
    let lower = value.as_str().map(str::to_lowercase);
    match lower.as_deref() {
        Some(word @ ("true" | "false")) => ConversionError::new(format!(
            "a bool is required; to convert from string, use lowercase \"{word}\""
        )),
        _ => ConversionError::new("a bool is required"),
    }
}

/// Numbers in canonical form, objects with sorted fields.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Number(number) => number::value(&number.to_string()).unwrap_or_else(|| value.clone()),
        Value::Array(items) => Value::Array(items.iter().map(canonical).collect()),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            let fields = fields.into_iter().map(|(name, value)| (name.clone(), canonical(value)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

/// The order of a set: bools, numbers and strings by value; everything else by its text.
fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            number::compare(&number::text(left), &number::text(right))
        }
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        _ => left.to_string().cmp(&right.to_string()),
    }
}

/// The text of a string, number or bool, as a template shows it.
pub(crate) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number::text(number)),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A bool, or the text of one.
pub(crate) fn to_bool(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) => match text.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// The canonical text of a number, or of the text of one.
pub(crate) fn to_number(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => number::canonical(&number.to_string()),
        Value::String(text) => number::canonical(text),
        _ => None,
    }
}
