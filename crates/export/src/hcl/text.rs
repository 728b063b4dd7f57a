//! Names and texts of Terraform's language.

use terraform::hcl_text::quoted;

/// `text` as it stands between quotes: nothing in it is an interpolation.
pub fn escaped(text: &str) -> String {
    let quoted = quoted(text);
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or_default().to_owned()
}

/// The key of an object: in quotes unless it is a plain word.
pub(super) fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !matches!(name, "for" | "null" | "true" | "false");
    if plain { name.to_owned() } else { quoted(name) }
}
