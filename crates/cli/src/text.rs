//! Text that goes on a screen: free of control characters, and wrapped.

use std::time::Duration;

use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// The same without characters that move a cursor or change a colour; new lines stay. What AWS or a file says is shown
/// through this.
pub(crate) fn clean(text: &str) -> String {
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

/// The same on one line, with what does not show or deceives written out: `\n`, `\u{202e}`. For names and values that
/// stand within sentences of ours.
pub(crate) fn one_line(text: &str) -> String {
    let hidden =
        |character: &char| character.is_control() || is_directional(*character) || is_invisible(*character);
    text.chars()
        .map(|character| match Some(character).filter(hidden) {
            Some(hidden) => hidden.escape_default().to_string(),
            None => character.to_string(),
        })
        .collect()
}

/// Whether a character changes the direction of what follows, so that text reads as what it is not.
fn is_directional(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character takes no room, so that two texts look the same that are not, or breaks a line.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The most columns of prose: longer lines are hard to read, however wide the screen is.
const PROSE: usize = 100;

/// Breaks lines between words so that they have at most `width` columns; `None` breaks nothing. A line that begins with
/// a blank is laid out already and stays as it is.
pub(crate) fn wrap(text: &str, width: Option<usize>) -> String {
    let Some(width) = width else { return text.to_owned() };
    text.lines().map(|line| wrap_line(line, width.min(PROSE))).collect::<Vec<_>>().join("\n")
}

fn wrap_line(line: &str, width: usize) -> String {
    if line.starts_with(' ') || columns(line) <= width {
        return line.to_owned();
    }
    let options = Options::new(width)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(line, options).join("\n")
}

/// Wraps one line whose first part is already indented; what follows is indented as far.
pub(crate) fn wrap_hanging(text: &str, indent: usize, width: Option<usize>) -> String {
    let within = width.map(|width| width.saturating_sub(indent).max(20));
    wrap(text, within).replace('\n', &format!("\n{:indent$}", ""))
}

/// How a command of another program begins that is printed to be copied.
const COMMANDS: [&str; 4] = ["aws ", "terraform ", "export ", "TF_WORKSPACE="];

/// Our own commands, so that prose about underpin is told from what is to be typed.
pub(crate) const OURS: [&str; 20] = [
    "init",
    "validate",
    "plan",
    "apply",
    "adopt",
    "destroy",
    "output",
    "show",
    "state",
    "untaint",
    "workspace",
    "export",
    "lock",
    "force-unlock",
    "version",
    "help",
    "policy",
    "trail",
    "doctor",
    "monitoring",
];

/// Whether a text begins with a command to copy.
pub(crate) fn begins_command(text: &str) -> bool {
    let ours = text.strip_prefix("underpin ").and_then(|rest| rest.split(' ').next());
    ours.is_some_and(|word| word.starts_with('-') || OURS.contains(&word))
        || COMMANDS.iter().any(|command| text.starts_with(command))
}

/// Breaks the lines of a laid out text that are wider than `width`: what follows is indented as far as the second column
/// of the line, or a little further than the line. Commands go on behind a backslash, so that they can be copied.
pub(crate) fn fit(text: &str, width: Option<usize>) -> String {
    let Some(width) = width else { return text.to_owned() };
    let lines: Vec<String> = text.split('\n').map(|line| fit_line(line, width)).collect();
    lines.join("\n")
}

fn fit_line(line: &str, width: usize) -> String {
    if columns(line) <= width {
        return line.to_owned();
    }
    let body = line.trim_start_matches(' ');
    let indent = line.len() - body.len();
    if indent > 1 && begins_command(body) {
        return fit_command(body, indent, width);
    }
    let (before, after) = (" ".repeat(indent), " ".repeat(hanging(body, indent, width)));
    let options = Options::new(width)
        .initial_indent(&before)
        .subsequent_indent(&after)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(body, options).join("\n")
}

/// A command that goes on behind backslashes, between its words alone: within quotes a shell would keep them.
fn fit_command(command: &str, indent: usize, width: usize) -> String {
    let mut lines = vec![" ".repeat(indent)];
    for word in words(command) {
        let line = lines.last().map_or("", String::as_str);
        let is_first = line.trim().is_empty();
        if !is_first && columns(line) + columns(word) + " ".len() + " \\".len() > width {
            lines.push(" ".repeat(indent + 2));
        }
        if let Some(line) = lines.last_mut() {
            let blank = if line.trim().is_empty() { "" } else { " " };
            line.push_str(&format!("{blank}{word}"));
        }
    }
    lines.join(" \\\n")
}

/// The words of a command line, as they are quoted.
fn words(command: &str) -> impl Iterator<Item = &str> {
    let (mut quote, mut is_escaped) = (None, false);
    command.split(move |character| {
        let escaped = std::mem::take(&mut is_escaped);
        match (quote, character) {
            (_, _) if escaped => {}
            (None | Some('"'), '\\') => is_escaped = true,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
        character == ' ' && quote.is_none() && !escaped
    })
}

/// How far what follows the first line is indented: to the second column where that leaves room for its words, a little
/// further than a line that is indented, and not at all below prose.
fn hanging(body: &str, indent: usize, width: usize) -> usize {
    let gap = body.find("  ");
    let second = gap.map(|at| {
        let rest = body.get(at..).unwrap_or_default();
        let gap = rest.len() - rest.trim_start_matches(' ').len();
        indent + columns(body.get(..at + gap).unwrap_or_default())
    });
    let longest = body.split(' ').map(columns).max().unwrap_or_default();
    match second {
        Some(second) if second <= width / 2 && second + longest <= width => second,
        None if indent == 0 => 0,
        _ => indent + 2,
    }
}

/// How many columns a text takes on a screen; what colours it takes none.
pub(crate) fn columns(text: &str) -> usize {
    display_width(text)
}

/// The text, filled with blanks to `width` columns.
pub(crate) fn padded(text: &str, width: usize) -> String {
    format!("{text}{:1$}", "", width.saturating_sub(columns(text)))
}

/// The message of an error as a sentence.
pub(crate) fn sentence(message: &str) -> String {
    let (first, rest) = message.split_at(message.chars().next().map_or(0, char::len_utf8));
    format!("{}{rest}.", first.to_uppercase())
}

/// `1 error`, `2 errors`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Whole seconds as Go prints a duration: `4s`, `1m4s`.
pub(crate) fn span(time: Duration) -> String {
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
    fn one_line_writes_out_what_does_not_show() {
        assert_eq!(one_line("a\nPlan: 0\u{202e}b\u{200b}c"), "a\\nPlan: 0\\u{202e}b\\u{200b}c");
        assert_eq!(one_line("日本 – \"ok\""), "日本 – \"ok\"");
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
        assert_eq!(wrap("日本 日本 日本", Some(9)), "日本 日本\n日本");
        assert!(wrap(&"word ".repeat(50), Some(240)).lines().all(|line| line.len() <= 100));
    }

    #[test]
    fn what_is_laid_out_is_broken_below_its_second_column() {
        for (text, fitted) in [
            ("short", "short"),
            ("  name  a b c d e f", "  name  a b c d e f"),
            ("  name  one two three four five", "  name  one two\n        three four\n        five"),
            ("  a very long first column  x yy", "  a very long first\n    column  x yy"),
            ("    underpin adopt -deployment=1 x", "    underpin adopt \\\n      -deployment=1 \\\n      x"),
            ("    aws x --p 'a b c d e f g' y", "    aws x --p \\\n      'a b c d e f g' \\\n      y"),
            ("  aws x 'it'\\''s b c d' y", "  aws x \\\n    'it'\\''s b c d' \\\n    y"),
            ("prose of several words", "prose of several\nwords"),
            ("State  a-word-of-17-chars", "State\n  a-word-of-17-chars"),
            ("a-word-that-is-longer-than-the-line", "a-word-that-is-longer-than-the-line"),
        ] {
            assert_eq!(fit(text, Some(20)), fitted, "{text}");
            assert_eq!(fit(text, None), text);
        }
        assert!(begins_command("underpin -chdir=x plan") && begins_command("underpin plan -out=x"));
        assert!(!begins_command("underpin will remove it") && !begins_command("underpinned"));
        assert_eq!(fit("a\n\nb\n", Some(20)), "a\n\nb\n");
    }

    #[test]
    fn wide_characters_take_two_columns_and_colours_none() {
        assert_eq!((columns("日本"), columns("\u{1b}[31mab\u{1b}[0m"), columns("é")), (4, 2, 1));
        assert_eq!(padded("日本", 6), "日本  ");
        assert_eq!(padded("too long", 3), "too long");
    }
}
