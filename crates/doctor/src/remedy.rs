//! Commands that are printed to be typed.

/// An AWS CLI command, each word quoted as a shell needs it.
pub(crate) fn aws(words: &[&str]) -> String {
    std::iter::once("aws").chain(words.iter().copied()).map(quoted).collect::<Vec<_>>().join(" ")
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@,+%".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_every_word_back() {
        let words = ["kms", "put-key-policy", "--policy", r#"{"Sid":"it's $HOME"}"#, "", "alias/a"];
        let line = aws(&words);
        assert_eq!(line, r#"aws kms put-key-policy --policy '{"Sid":"it'\''s $HOME"}' '' alias/a"#);
        let read: Vec<String> = shlex::split(&line).unwrap();
        assert_eq!(read.iter().skip(1).map(String::as_str).collect::<Vec<_>>(), words);
    }
}
