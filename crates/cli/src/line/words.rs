//! Splits `TF_CLI_ARGS` into words as Terraform does.
//!
//! By hand, since Terraform's rules are no shell's: a backslash takes any character as it is, within double quotes too,
//! `#` begins no comment, and nothing is expanded. Terraform drops what follows an unquoted `;`, `&`, `|`, `<` or `>`
//! without a word; here that is refused.

/// Why a text has no words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    /// Text that ends within a quotation or after a backslash.
    #[error("a quotation is not closed")]
    Unclosed,
    /// A character that means something to a shell.
    #[error("`{0}` must be within quotes")]
    Operator(char),
}

/// The words of `text`.
///
/// # Errors
/// A quotation that is not closed, a backslash at the end, an operator of a shell.
pub(super) fn split(text: &str) -> Result<Vec<String>, Unreadable> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => quoted(&mut chars, c, word.get_or_insert_default())?,
            '\\' => word.get_or_insert_default().push(chars.next().ok_or(Unreadable::Unclosed)?),
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            ';' | '&' | '|' | '<' | '>' | '(' | ')' => return Err(Unreadable::Operator(c)),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

/// What stands within quotation marks; only double ones know a backslash.
fn quoted(chars: &mut std::str::Chars<'_>, mark: char, word: &mut String) -> Result<(), Unreadable> {
    loop {
        match chars.next().ok_or(Unreadable::Unclosed)? {
            c if c == mark => return Ok(()),
            '\\' if mark == '"' => word.push(chars.next().ok_or(Unreadable::Unclosed)?),
            c => word.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each as real Terraform 1.15 splits it.
    #[test]
    fn splits_as_terraform_does() {
        let cases: [(&str, &[&str]); 12] = [
            ("", &[]),
            ("  -a  -b ", &["-a", "-b"]),
            ("-var 'x=1 2'", &["-var", "x=1 2"]),
            (r#"-var "x=\"q\" \n""#, &["-var", r#"x="q" n"#]),
            (r"-var 'x=a\nb'", &["-var", r"x=a\nb"]),
            (r"a\ b", &["a b"]),
            ("''", &[""]),
            ("x'y'\"z\"", &["xyz"]),
            ("a\tb\nc", &["a", "b", "c"]),
            ("a #b c#d", &["a", "#b", "c#d"]),
            ("x=$HOME `ls`", &["x=$HOME", "`ls`"]),
            ("'a;b' \"c|d\" e\\;f", &["a;b", "c|d", "e;f"]),
        ];
        for (text, words) in cases {
            assert_eq!(split(text).unwrap(), words, "{text}");
        }
        for text in ["'", "\"a", "a\\", "\"a\\"] {
            assert_eq!(split(text), Err(Unreadable::Unclosed), "{text}");
        }
        for (text, operator) in
            [("x=1;ls", ';'), ("x=1 | ls", '|'), ("x=(a)", '('), ("x=a&b", '&'), ("x>y", '>')]
        {
            assert_eq!(split(text), Err(Unreadable::Operator(operator)), "{text}");
        }
    }
}
