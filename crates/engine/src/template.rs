//! Templates in desired arguments: `${TYPE.NAME.ATTRIBUTE}` stands for a value that is known only once the resource exists.

use terraform::{Address, Value};

/// A piece of a template.
enum Part<'a> {
    Literal(&'a str),
    Reference(Reference, &'a str),
}

/// The attribute that a template refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Whose attribute.
    pub address: Address,
    /// Which.
    pub attribute: String,
}

/// Fills in every reference that `lookup` knows; the others stay as they are.
pub fn resolve(value: &Value, lookup: &dyn Fn(&Reference) -> Option<Value>) -> Value {
    match value {
        Value::String(text) => resolve_text(text, lookup),
        Value::Array(items) => items.iter().map(|item| resolve(item, lookup)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, field)| (name.clone(), resolve(field, lookup))).collect()
        }
        _ => value.clone(),
    }
}

/// Whether every reference has been filled in.
pub fn is_known(value: &Value) -> bool {
    references(value).is_empty()
}

/// All references in a value, in order of appearance.
pub fn references(value: &Value) -> Vec<Reference> {
    match value {
        Value::String(text) => parts(text)
            .into_iter()
            .filter_map(|part| match part {
                Part::Reference(reference, _) => Some(reference),
                Part::Literal(_) => None,
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Object(fields) => fields.values().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// A template that is one reference alone takes its value whole; among other text the value must be a string.
fn resolve_text(text: &str, lookup: &dyn Fn(&Reference) -> Option<Value>) -> Value {
    let parts = parts(text);
    if let [Part::Reference(reference, _)] = parts.as_slice() {
        return lookup(reference).unwrap_or_else(|| Value::String(text.to_owned()));
    }
    let mut resolved = String::with_capacity(text.len());
    for part in parts {
        match part {
            Part::Literal(literal) => resolved.push_str(literal),
            Part::Reference(reference, raw) => match lookup(&reference) {
                Some(Value::String(value)) => resolved.push_str(&value),
                _ => resolved.push_str(raw),
            },
        }
    }
    Value::String(resolved)
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    let mut searched = 0;
    while let Some(start) = rest.get(searched..).and_then(|tail| tail.find("${")).map(|at| at + searched) {
        let parsed = rest
            .get(start + 2..)
            .and_then(|tail| tail.split_once('}'))
            .and_then(|(inner, after)| Some((parse_reference(inner)?, inner.len(), after)));
        let Some((reference, length, after)) = parsed else {
            searched = start + 2;
            continue;
        };
        if let Some(literal) = rest.get(..start).filter(|literal| !literal.is_empty()) {
            parts.push(Part::Literal(literal));
        }
        parts.push(Part::Reference(reference, rest.get(start..start + length + 3).unwrap_or_default()));
        rest = after;
        searched = 0;
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest));
    }
    parts
}

fn parse_reference(inner: &str) -> Option<Reference> {
    let (address, attribute) = inner.rsplit_once('.')?;
    let address = address.parse().ok()?;
    let is_name = !attribute.is_empty() && attribute.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| Reference { address, attribute: attribute.to_owned() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lookup(reference: &Reference) -> Option<Value> {
        (reference.address.to_string() == "aws_kms_key.main" && reference.attribute == "arn")
            .then(|| json!("ARN"))
    }

    #[test]
    fn fills_in_what_is_known_and_leaves_the_rest() {
        let cases = [
            (json!("plain"), json!("plain"), true),
            (json!("${aws_kms_key.main.arn}"), json!("ARN"), true),
            (json!("a-${aws_kms_key.main.arn}/b"), json!("a-ARN/b"), true),
            (json!("${aws_kms_key.main.key_id}"), json!("${aws_kms_key.main.key_id}"), false),
            (json!("${aws:username} ${aws_kms_key.main.arn}"), json!("${aws:username} ARN"), true),
            (json!("${unclosed"), json!("${unclosed"), true),
            (json!("${${aws_kms_key.main.arn}"), json!("${ARN"), true),
            (json!(["${aws_kms_key.main.arn}", {"k": "${x.y.z}"}]), json!(["ARN", {"k": "${x.y.z}"}]), false),
        ];
        for (template, resolved, known) in cases {
            let actual = resolve(&template, &lookup);
            assert_eq!(actual, resolved, "{template}");
            assert_eq!(is_known(&actual), known, "{template}");
        }
    }
}
