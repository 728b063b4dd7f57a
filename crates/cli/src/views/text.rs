//! Text that goes on a screen: free of control characters, and wrapped.

use std::time::Duration;

/// The same without characters that move a cursor or change a colour; new lines stay. What AWS or a file says is shown
/// through this.
pub fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|character| match character {
            '\n' => '\n',
            '\t' => ' ',
            control if control.is_control() || is_directional(control) => char::REPLACEMENT_CHARACTER,
            other => other,
        })
        .collect()
}

/// Whether a character changes the direction of what follows, so that text reads as what it is not.
fn is_directional(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Breaks lines between words so that they have at most `width` columns; `None` breaks nothing. A line that begins with
/// a blank is laid out already and stays as it is.
pub fn wrap(text: &str, width: Option<usize>) -> String {
    let Some(width) = width else { return text.to_owned() };
    text.lines().map(|line| wrap_line(line, width)).collect::<Vec<_>>().join("\n")
}

fn wrap_line(line: &str, width: usize) -> String {
    if line.starts_with(' ') || columns(line) <= width {
        return line.to_owned();
    }
    let mut wrapped = String::with_capacity(line.len());
    let mut used = 0;
    for word in line.split(' ') {
        let length = columns(word);
        if used > 0 && used + 1 + length > width {
            wrapped.push('\n');
            used = 0;
        } else if used > 0 {
            wrapped.push(' ');
            used += 1;
        }
        wrapped.push_str(word);
        used += length;
    }
    wrapped
}

/// Wraps one line whose first part is already indented; what follows is indented as far.
pub fn wrap_hanging(text: &str, indent: usize, width: Option<usize>) -> String {
    let within = width.map(|width| width.saturating_sub(indent).max(20));
    wrap(text, within).replace('\n', &format!("\n{:indent$}", ""))
}

/// How many columns a text takes, near enough for layout.
pub fn columns(text: &str) -> usize {
    text.chars().count()
}

/// `1 error`, `2 errors`.
pub fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Whole seconds as Go prints a duration: `4s`, `1m4s`.
pub fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m{seconds}s"),
        (hours, minutes, seconds) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleans_what_could_deceive() {
        assert_eq!(clean("a\u{1b}[31mb\r\nc\td\u{202e}e\u{7}"), "a\u{fffd}[31mb\nc d\u{fffd}e\u{fffd}");
        assert_eq!(clean("日本 – ok"), "日本 – ok");
    }

    #[test]
    fn wraps_between_words() {
        let text = "one two three four\n  laid out already stays\na-word-that-is-longer-than-the-line ok";
        assert_eq!(
            wrap(text, Some(9)),
            "one two\nthree\nfour\n  laid out already stays\na-word-that-is-longer-than-the-line\nok"
        );
        assert_eq!(wrap(text, None), text);
        assert_eq!(wrap("", Some(9)), "");
    }
}
