//! Splits `TF_CLI_ARGS` into words as a POSIX shell does, without expanding anything.

/// Text that ends within a quotation or after a backslash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a quotation is not closed")]
pub struct Unclosed;

/// A text that a shell reads back as one word, whatever is in it.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The words of `text`.
///
/// # Errors
/// A quotation that is not closed, or a last character that is a backslash.
pub fn split(text: &str) -> Result<Vec<String>, Unclosed> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(Unclosed)? {
                        '\'' => break,
                        quoted => word.push(quoted),
                    }
                }
            }
            '"' => double_quoted(&mut chars, word.get_or_insert_default())?,
            '\\' => word.get_or_insert_default().push(chars.next().ok_or(Unclosed)?),
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

fn double_quoted(chars: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), Unclosed> {
    loop {
        match chars.next().ok_or(Unclosed)? {
            '"' => return Ok(()),
            '\\' => match chars.next().ok_or(Unclosed)? {
                escaped @ ('"' | '\\' | '$' | '`') => word.push(escaped),
                other => word.extend(['\\', other]),
            },
            quoted => word.push(quoted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_as_a_shell_does() {
        let cases: [(&str, &[&str]); 8] = [
            ("", &[]),
            ("  -a  -b ", &["-a", "-b"]),
            ("-var 'x=1 2'", &["-var", "x=1 2"]),
            (r#"-var "x=\"q\" \n""#, &["-var", r#"x="q" \n"#]),
            (r"a\ b", &["a b"]),
            ("''", &[""]),
            ("x'y'\"z\"", &["xyz"]),
            ("a\tb\nc", &["a", "b", "c"]),
        ];
        for (text, words) in cases {
            assert_eq!(split(text).unwrap(), words, "{text}");
        }
        for text in ["", "x", "module.m[\"it's\"].x.y", "'; rm -rf ~ '", "a\\"] {
            assert_eq!(split(&quoted(text)).unwrap(), [text], "{text}");
        }
        for text in ["'", "\"a", "a\\"] {
            assert_eq!(split(text), Err(Unclosed), "{text}");
        }
    }
}
