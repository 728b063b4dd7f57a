//! The user's tags, within the rules of the strictest service.

use std::collections::BTreeMap;

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};
use terraform::Value;

use super::reader::{Problem, Reader, text};
use terraform::types::PathStep;

/// The most tags a user may set: AWS takes 50 an object, and two are ours.
const MAXIMUM_TAGS: usize = 48;

/// The tag that says which tool looks after an object: a label, which nothing is decided on. Users may set their own.
pub const MANAGED_BY: &str = "managed-by";

/// The value of [`MANAGED_BY`] where nobody chose another.
pub const UNDERPIN: &str = "underpin";

/// The tag that says which deployment an object belongs to: the mark by which underpin knows its own.
pub const DEPLOYMENT: &str = "underpin:deployment";

/// Whether a tag is the label [`MANAGED_BY`]; IAM takes keys that differ only in case for one.
pub fn is_label(key: &str) -> bool {
    key.eq_ignore_ascii_case(MANAGED_BY)
}

/// Whether the user's tags have a label.
pub fn has_label(tags: &BTreeMap<String, String>) -> bool {
    tags.keys().any(|key| is_label(key))
}

/// The user's tags, labelled with `tool` unless they have a label of their own.
pub fn labelled(tags: &BTreeMap<String, String>, tool: &str) -> BTreeMap<String, String> {
    let mut labelled = tags.clone();
    if !has_label(tags) {
        labelled.insert(MANAGED_BY.to_owned(), tool.to_owned());
    }
    labelled
}

/// Reads the setting `tags`.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<BTreeMap<String, String>> {
    let value = reader.value("tags")?;
    let Some(object) = value.as_object() else {
        let reason = "a map of strings is required, such as `{ cost_center = \"engineering\" }`";
        reader.problem("tags", &[], Problem::new(reason));
        return None;
    };
    let mut tags = BTreeMap::new();
    let mut folded = BTreeMap::new();
    for (key, value) in object {
        let path = [PathStep::Key(key.clone())];
        if let Some(other) = folded.insert(key.to_lowercase(), key) {
            let reason =
                format!("the keys `{other}` and `{key}` differ only in case, and IAM takes them for one");
            reader.problem(
                "tags",
                &path,
                Problem::new(reason).instead(format!("remove `{other}` or `{key}`")),
            );
        }
        reader.warn_of_lost_digits("tags", &path, value);
        let result = check(key, value);
        tags.extend(reader.taken("tags", &path, result));
    }
    if object.len() > MAXIMUM_TAGS {
        let reason = format!(
            "there are {} tags; AWS takes 50 an object, and `{MANAGED_BY}` and `{DEPLOYMENT}` come with each, so {MAXIMUM_TAGS} are left",
            object.len()
        );
        reader.problem(
            "tags",
            &[],
            Problem::new(reason).instead(format!("remove {} of them", object.len() - MAXIMUM_TAGS)),
        );
    }
    Some(tags)
}

/// Checks one tag.
fn check(key: &str, value: &Value) -> Result<(String, String), Problem> {
    let folded = key.to_lowercase();
    if key.is_empty() {
        return Err(Problem::new("a tag has an empty key"));
    }
    if folded.starts_with("aws:") {
        return Err(Problem::new(format!("the key `{key}` begins with `aws:`, which AWS reserves")).instead(
            format!(
                "choose another key, for example `{}`",
                key.get(4..).filter(|rest| !rest.is_empty()).unwrap_or("owner")
            ),
        ));
    }
    if folded == DEPLOYMENT {
        return Err(Problem::new(format!("underpin sets the tag `{folded}` itself"))
            .instead(format!("remove `{key}`")));
    }
    let value =
        text(value).map_err(|problem| Problem::new(format!("the tag `{key}`: {}", problem.reason)))?;
    if value.is_empty() {
        let reason = format!("the value of tag `{key}` is empty, and CloudTrail takes no tag without one");
        return Err(Problem::new(reason).instead(format!("write a value, or leave `{key}` out")));
    }
    for (what, text, most) in [("key", key, 128), ("value", value.as_str(), 256)] {
        if let Some(character) = text.chars().find(|&c| !is_tag_character(c)) {
            let reason = format!(
                "the {what} of tag `{key}` contains {character:?}; tags have letters, digits, spaces and any of `_ . : / = + - @`"
            );
            return Err(Problem::new(reason).instead(format!("leave out {character:?}")));
        }
        let length = text.chars().count();
        if length > most {
            let reason = format!("the {what} of tag `{key}` has {length} characters and may have {most}");
            return Err(Problem::new(reason).instead(format!("shorten it to {most} characters")));
        }
    }
    Ok((key.to_owned(), value))
}

/// The characters that IAM, the strictest of the services, allows in tags: `[\p{L}\p{Z}\p{N}_.:/=+\-@]`. Marks are none of
/// them, though some are alphabetic (IAM API reference, `Tag`).
fn is_tag_character(c: char) -> bool {
    let group = GeneralCategoryGroup::Letter
        .union(GeneralCategoryGroup::Separator)
        .union(GeneralCategoryGroup::Number);
    group.contains(CodePointMapData::<GeneralCategory>::new().get(c)) || "_.:/=+-@".contains(c)
}
