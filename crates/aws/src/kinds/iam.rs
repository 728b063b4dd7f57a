//! IAM: roles and what belongs to them, and the words they share.

use aws_sdk_iam::types::Tag;
use engine::CloudError;
use percent_encoding::percent_decode_str;

use crate::error::malformed;
use crate::tags::{self, Tags};

pub(super) mod instance_profile;
mod policies;
pub(super) mod policy;
pub(super) mod role;
pub(super) mod role_policy;
pub(super) mod role_policy_attachment;
pub(super) mod service_linked_role;

/// IAM's name for what is not there.
pub(crate) const GONE: &[&str] = &["NoSuchEntity"];

/// A policy document as it was written: IAM answers it URL-encoded.
pub(crate) fn document(encoded: &str) -> String {
    percent_decode_str(encoded).decode_utf8_lossy().into_owned()
}

/// Tags as IAM takes them.
fn iam_tags(tags: &Tags) -> Result<Vec<Tag>, CloudError> {
    tags.iter()
        .map(|(key, value)| {
            let tag = Tag::builder().key(key).value(value).build();
            tag.map_err(|error| malformed("iam:Tag", error.to_string()))
        })
        .collect()
}

/// Tags as IAM answers them.
fn reported_tags(tags: &[Tag]) -> Tags {
    tags::reported(tags.iter().map(|tag| (tag.key(), tag.value())))
}

/// The one of these names that differs from `name` in case only, which IAM takes for the same.
fn in_other_letters<'a>(mut names: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    names.find(|other| *other != name && other.eq_ignore_ascii_case(name))
}

/// The refusal of a name that IAM takes for that of another object: names are compared without case, whatever their path.
fn taken(refusal: CloudError, kind: &str, other: &str) -> CloudError {
    let message = format!("{} IAM takes the name for that of the {kind} `{other}`.", refusal.message);
    CloudError { message, ..refusal }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_by_another_spelling_alone() {
        let taken = |name| in_other_letters(["p-a", "P-A", "p-b"].into_iter(), name);
        assert_eq!(
            [taken("p-A"), taken("p-B"), taken("p-b"), taken("p")],
            [Some("p-a"), Some("p-b"), None, None]
        );
    }

    #[test]
    fn documents_are_decoded() {
        assert_eq!(document("%7B%22a%22%3A%20%22b%2Bc+d%22%7D"), r#"{"a": "b+c+d"}"#);
    }
}
