//! What is asked to be done, as a user names it.

/// The action of a request. A request has one: IAM's own simulator takes no wildcards either (IAM API reference,
/// `SimulateCustomPolicy`, `ActionNames`), for some of what a pattern includes may be allowed and some not.
///
/// # Errors
/// It is none, or a pattern.
pub(super) fn action(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_one = text.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
    if !is_one {
        return Err(format!("`{text}` is no action: write it as `s3:GetObject`"));
    }
    if text.contains(['*', '?']) {
        return Err(format!("`{text}` is a pattern of actions, and a request has one: name each"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::action;

    #[test]
    fn a_request_has_one_action() {
        assert_eq!(action(" s3:GetObject").as_deref(), Ok("s3:GetObject"));
        for text in ["*", "s3", "s3:", ":GetObject", "s3:*", "s3:Get?bject"] {
            assert!(action(text).is_err(), "{text}");
        }
    }
}
