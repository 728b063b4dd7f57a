//! Strings as Terraform prints them to people: quoted as Go quotes, or a heredoc when they have lines.

use std::fmt::Write as _;

/// `text` in double quotes with Go's escapes.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        let code = u32::from(character);
        let _ = match character {
            '"' | '\\' => write!(quoted, "\\{character}"),
            '\u{7}' => write!(quoted, "\\a"),
            '\u{8}' => write!(quoted, "\\b"),
            '\u{c}' => write!(quoted, "\\f"),
            '\n' => write!(quoted, "\\n"),
            '\r' => write!(quoted, "\\r"),
            '\t' => write!(quoted, "\\t"),
            '\u{b}' => write!(quoted, "\\v"),
            _ if is_printable(character) => write!(quoted, "{character}"),
            _ if code < 0x20 || code == 0x7f => write!(quoted, "\\x{code:02x}"),
            _ if code < 0x1_0000 => write!(quoted, "\\u{code:04x}"),
            _ => write!(quoted, "\\U{code:08x}"),
        };
    }
    quoted.push('"');
    quoted
}

/// Whether a terminal shows the character: letters, marks, numbers, punctuation, symbols and the space.
pub(crate) fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return character == ' ' || character.is_ascii_graphic();
    }
    // After another character a combining mark counts as printable for `escape_debug` too.
    let debug: String = format!("a{character}").escape_debug().collect();
    !debug.contains("\\u{")
}

/// A heredoc whose lines stand at `indent`, for text of more than one line.
pub(crate) fn heredoc(text: &str, indent: usize) -> Option<String> {
    if !text.contains('\n') {
        return None;
    }
    let mut marker = "EOT".to_owned();
    while text.lines().any(|line| line.trim() == marker) {
        marker.push('_');
    }
    let flush = if indent > 0 { "-" } else { "" };
    let mut heredoc = format!("<<{flush}{marker}\n");
    for line in text.split('\n') {
        let _ = writeln!(heredoc, "{:indent$}{line}", "");
    }
    let _ = write!(heredoc, "{:indent$}{marker}", "");
    Some(heredoc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_go_does() {
        assert_eq!(
            quoted(
                "\t\r\u{7}\u{b} nbsp\u{a0} zwj\u{200d} comb\u{301} \0 \u{1f600} \u{feff} \u{ad} \u{2028} \" \\ ${x} \u{e0001}"
            ),
            "\"\\t\\r\\a\\v nbsp\\u00a0 zwj\\u200d comb\u{301} \\x00 \u{1f600} \\ufeff \\u00ad \\u2028 \\\" \\\\ ${x} \\U000e0001\""
        );
    }

    #[test]
    fn a_heredoc_marker_is_never_a_line_of_the_text() {
        assert_eq!(heredoc("one line", 0), None);
        assert_eq!(heredoc("x\n EOT \nEOT_", 2).unwrap(), "<<-EOT__\n  x\n   EOT \n  EOT_\n  EOT__");
    }
}
