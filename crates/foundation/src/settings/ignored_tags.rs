//! The setting `ignore_tags`: tags that others write on our objects.

use std::collections::BTreeMap;

use terraform::types::PathStep;

use super::reader::{Problem, Reader};
use super::tags::{DEPLOYMENT, MANAGED_BY};

/// The setting's name.
const NAME: &str = "ignore_tags";

/// Tags that are left to others, as the provider's `ignore_tags` names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IgnoredTags {
    /// Whole keys.
    pub keys: Vec<String>,
    /// Beginnings of keys.
    pub key_prefixes: Vec<String>,
}

impl IgnoredTags {
    /// Whether a tag is left to others.
    pub fn ignores(&self, key: &str) -> bool {
        self.keys.iter().any(|ignored| ignored == key)
            || self.key_prefixes.iter().any(|prefix| key.starts_with(prefix.as_str()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.key_prefixes.is_empty()
    }
}

/// Reads `ignore_tags`. What the settings themselves set cannot be left to others.
pub(super) fn read(reader: &mut Reader<'_>, tags: Option<&BTreeMap<String, String>>) -> IgnoredTags {
    let Some(object) = reader.object(NAME, &["keys", "key_prefixes"]) else { return IgnoredTags::default() };
    let mut list = |attribute: &str| {
        let path = [PathStep::Key(attribute.to_owned())];
        let listed = object.get(attribute).filter(|list| !list.is_null());
        listed.and_then(|list| reader.items(NAME, &path, list, check)).unwrap_or_default()
    };
    let ignored = IgnoredTags { keys: list("keys"), key_prefixes: list("key_prefixes") };
    let ours = [DEPLOYMENT, MANAGED_BY].into_iter().map(|key| (key, "underpin sets that tag itself"));
    let theirs = tags.into_iter().flat_map(BTreeMap::keys).map(|key| (key.as_str(), "`tags` sets that tag"));
    for (key, who) in theirs.chain(ours).filter(|(key, _)| ignored.ignores(key)) {
        let problem = Problem::new(format!("it leaves `{key}` to others, and {who}"));
        reader.problem(NAME, &[], problem.instead(format!("leave `{key}` out of one of the two")));
    }
    ignored
}

fn check(text: &str) -> Result<String, Problem> {
    if text.is_empty() {
        return Err(Problem::new("a key is empty, and every tag begins so"));
    }
    if text.contains('*') {
        let problem =
            Problem::new(format!("`{text}` contains a wildcard, and keys are compared as they are"));
        return Err(problem.instead(format!("write key_prefixes = [\"{}\"]", text.trim_end_matches('*'))));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Settings;
    use crate::testing::{example, settings};

    #[test]
    fn keys_are_whole_and_prefixes_begin_them() {
        let changes = json!({"ignore_tags": {"keys": ["owner"], "key_prefixes": ["c7n:"]}});
        let ignored = settings(changes).ignore_tags;
        for (key, expected) in [("owner", true), ("owners", false), ("c7n:x", true), ("C7N:x", false)] {
            assert_eq!(ignored.ignores(key), expected, "{key}");
        }
        assert!(settings(json!({})).ignore_tags.is_empty());
    }

    #[test]
    fn what_is_set_cannot_be_left_to_others() {
        for (ignored, reason) in [
            (json!({"keys": ["cost_center"]}), "`tags` sets that tag"),
            (json!({"key_prefixes": ["under"]}), "underpin sets that tag itself"),
            (json!({"keys": ["c7n:*"]}), "contains a wildcard"),
            (json!({"keys": [""]}), "a key is empty"),
            (json!({"key": ["x"]}), "no attribute `key`"),
        ] {
            let problems = Settings::from_values(&example(json!({"ignore_tags": ignored}))).unwrap_err();
            assert!(problems[0].detail.contains(reason), "{problems:?}");
        }
    }
}
