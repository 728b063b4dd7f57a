//! Reading and composing attribute maps in the provider's shapes.

use engine::CloudError;
use engine::equality::is_absent;
use terraform::{Attributes, Value};

use crate::error::malformed;

/// The fields of a JSON object; anything else has none.
pub(crate) fn object(value: Value) -> Attributes {
    match value {
        Value::Object(fields) => fields,
        _ => Attributes::new(),
    }
}

/// A text that is set and not empty.
pub(crate) fn text<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// The same, owned.
pub(crate) fn owned(attributes: &Attributes, name: &str) -> Option<String> {
    text(attributes, name).map(str::to_owned)
}

/// A text without which nothing can be asked.
///
/// # Errors
/// The record lacks it.
pub(crate) fn required<'a>(attributes: &'a Attributes, name: &str) -> Result<&'a str, CloudError> {
    text(attributes, name).ok_or_else(|| missing(name))
}

/// The first of these attributes that is set: a record made by other tools may hold no more than `id`.
///
/// # Errors
/// The record lacks all of them.
pub(crate) fn first_of<'a>(attributes: &'a Attributes, names: &[&str]) -> Result<&'a str, CloudError> {
    names.iter().find_map(|name| text(attributes, name)).ok_or_else(|| missing(&names.join("` or `")))
}

/// A boolean.
pub(crate) fn flag(attributes: &Attributes, name: &str) -> Option<bool> {
    attributes.get(name)?.as_bool()
}

/// A whole number.
pub(crate) fn number(attributes: &Attributes, name: &str) -> Option<i32> {
    attributes.get(name)?.as_i64().and_then(|number| i32::try_from(number).ok())
}

/// The texts of a list or set.
pub(crate) fn texts(attributes: &Attributes, name: &str) -> Vec<String> {
    let items = attributes.get(name).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

/// The blocks called `name`.
pub(crate) fn blocks<'a>(attributes: &'a Attributes, name: &str) -> impl Iterator<Item = &'a Attributes> {
    let items = attributes.get(name).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_object)
}

/// The only block called `name`.
pub(crate) fn block<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a Attributes> {
    blocks(attributes, name).next()
}

/// Whether `planned` sets an attribute to something else than it is.
pub(crate) fn differs(prior: &Attributes, planned: &Attributes, name: &str) -> bool {
    let Some(desired) = planned.get(name) else { return false };
    match prior.get(name) {
        Some(present) => desired != present && !(is_absent(desired) && is_absent(present)),
        None => !is_absent(desired),
    }
}

/// `under` with the fields of `over` laid over it; `tags_all` follows `tags`.
pub(crate) fn overlaid(under: &Attributes, over: &Attributes) -> Attributes {
    let mut attributes = under.clone();
    attributes.extend(over.iter().map(|(name, value)| (name.clone(), value.clone())));
    if let Some(tags) = attributes.get("tags").cloned() {
        attributes.insert("tags_all".to_owned(), tags);
    }
    attributes
}

fn missing(name: &str) -> CloudError {
    malformed("record", format!("the record lacks `{name}`"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_planned_and_means_something_else_differs() {
        let prior = object(json!({"a": "x", "b": null, "c": [], "d": false, "e": {"k": "v"}}));
        let cases = [
            (json!({"a": "x"}), "a", false),
            (json!({"a": "y"}), "a", true),
            (json!({}), "a", false),
            (json!({"a": null}), "a", true),
            (json!({"b": ""}), "b", false),
            (json!({"c": null}), "c", false),
            (json!({"d": null}), "d", true),
            (json!({"e": {}}), "e", true),
            (json!({"new": "x"}), "new", true),
            (json!({"new": null}), "new", false),
        ];
        for (planned, name, expected) in cases {
            assert_eq!(differs(&prior, &object(planned.clone()), name), expected, "{planned} {name}");
        }
    }

    #[test]
    fn overlaying_keeps_what_is_not_planned_and_carries_tags_over() {
        let prior = object(json!({"arn": "A", "tags": {"a": "1"}, "tags_all": {"a": "1"}}));
        let planned = object(json!({"tags": {"b": "2"}}));
        let expected = object(json!({"arn": "A", "tags": {"b": "2"}, "tags_all": {"b": "2"}}));
        assert_eq!(overlaid(&prior, &planned), expected);
    }

    #[test]
    fn a_record_that_lacks_every_name_is_refused() {
        let record = object(json!({"id": "x", "name": ""}));
        assert_eq!(first_of(&record, &["name", "id"]), Ok("x"));
        assert_eq!(required(&record, "name").unwrap_err().message, "the record lacks `name`");
    }
}
