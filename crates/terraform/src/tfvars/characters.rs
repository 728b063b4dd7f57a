//! The lexical rules: identifiers, escapes in quoted strings, and characters that have no place outside of strings.

/// Whether an identifier may go on with the character.
pub(super) fn is_identifier_part(character: char) -> bool {
    hcl_edit::Ident::try_new(format!("a{character}")).is_ok()
}

/// Whether an identifier may start with the character.
pub(super) fn is_identifier_start(character: char) -> bool {
    hcl_edit::Ident::try_new(character.to_string()).is_ok()
}

/// Whether the text is one identifier.
pub(super) fn is_identifier(text: &str) -> bool {
    hcl_edit::Ident::try_new(text).is_ok()
}

/// The length in bytes of the escape that `rest` starts with, and what is wrong with it.
pub(super) fn escape(rest: &str) -> (usize, Option<String>) {
    let Some(selector) = rest.chars().nth(1) else {
        return (
            1,
            Some("A backslash must be followed by an escape sequence selector character.".to_owned()),
        );
    };
    let digits = match selector {
        'n' | 'r' | 't' | '"' | '\\' => return (2, None),
        'u' => 4,
        'U' => 8,
        // The end of the line is reported as such.
        '\n' => return (1, None),
        other => {
            let detail = format!("The symbol \"{other}\" is not a valid escape sequence selector.");
            return (1 + other.len_utf8(), Some(detail));
        }
    };
    let hex: String = rest.chars().skip(2).take(digits).take_while(char::is_ascii_hexdigit).collect();
    let length = 2 + hex.len();
    if hex.len() < digits {
        let count = if digits == 4 { "four" } else { "eight" };
        let detail =
            format!("The \\{selector} escape sequence must be followed by {count} hexadecimal digits.");
        return (length, Some(detail));
    }
    let code = u32::from_str_radix(&hex, 16).unwrap_or(u32::MAX);
    let fault =
        char::from_u32(code).is_none().then(|| format!("Cannot encode character U+{code:04x} in UTF-8."));
    (length, fault)
}

/// What is wrong with a character outside of strings, as summary and detail.
pub(super) fn fault(character: char) -> Option<(&'static str, &'static str)> {
    match character {
        '\'' => Some((
            "Invalid character",
            "Single quotes are not valid. Use double quotes (\") to enclose strings.",
        )),
        '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}' => Some((
            "Invalid character",
            "\"Curly quotes\" are not valid here. These can sometimes be inadvertently introduced when sharing code via documents or discussion forums. It might help to replace the character with a \"straight quote\".",
        )),
        '`' => Some((
            "Invalid character",
            "The \"`\" character is not valid. To create a multi-line string, use the \"heredoc\" syntax, like \"<<EOT\".",
        )),
        ';' => Some((
            "Invalid character",
            "The \";\" character is not valid. Use newlines to separate arguments and blocks, and commas to separate items in collection values.",
        )),
        '&' => Some((
            "Unsupported operator",
            "Bitwise operators are not supported. Did you mean boolean AND (\"&&\")?",
        )),
        '|' => Some((
            "Unsupported operator",
            "Bitwise operators are not supported. Did you mean boolean OR (\"||\")?",
        )),
        '~' | '^' => Some((
            "Unsupported operator",
            "Bitwise operators are not supported. Did you mean boolean NOT (\"!\")?",
        )),
        _ if character.is_ascii_whitespace() || "-+*/%!<>?.".contains(character) => None,
        _ if is_identifier_part(character) => None,
        _ => Some(("Invalid character", "This character is not used within the language.")),
    }
}
