//! Words as a shell reads them.

use std::borrow::Cow;

/// A text that a shell reads back as one word, whatever is in it. What cannot stand in a command (NUL) is left out.
pub(crate) fn quoted(text: &str) -> String {
    let text: Cow<'_, str> = if text.contains('\0') { text.replace('\0', "").into() } else { text.into() };
    shlex::try_quote(&text).map_or_else(|_| String::new(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_reads_the_same_word_back() {
        for text in ["", "x", "module.m[\"it's\"].x.y", "'; rm -rf ~ '", "a\\", "$(ls)", "a b", "#x", "ä"] {
            assert_eq!(shlex::split(&quoted(text)), Some(vec![text.to_owned()]), "{text}");
        }
        assert_eq!(quoted("aws_kms_key.main"), "aws_kms_key.main");
        assert_eq!(quoted("a\0b"), "ab");
    }
}
