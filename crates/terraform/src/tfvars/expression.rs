//! From the text of a value to its syntax tree, with Terraform's words for what the parser refuses.

use std::ops::Range;

use hcl_edit::expr::Expression;
use hcl_edit::parser::parse_expr;

use super::extent::Extent;
use super::problem::Problems;

/// A value's syntax tree.
#[derive(Debug)]
pub(super) struct Tree {
    /// Its root.
    pub root: Expression,
    /// The place in the source from which the spans of the tree count.
    pub base: usize,
}

/// The syntax tree of a value; `None` if there is none, which is reported.
pub(super) fn parse(text: &str, extent: &Extent, problems: &mut Problems) -> Option<Tree> {
    if !extent.sound {
        return None;
    }
    if extent.span.is_empty() {
        report_no_expression(extent.end..extent.end + 1, problems);
        return None;
    }
    let masked = masked(text, extent);
    let start = masked.len() - masked.trim_start().len();
    let (_, value) = masked.split_at_checked(start)?;
    let base = extent.span.start + start;
    match parse_expr(value) {
        Ok(root) => Some(Tree { root, base }),
        Err(error) => {
            let at = place(value, error.location());
            let refusal = Refusal { value, at, base, end: extent.end };
            refusal.report(problems);
            None
        }
    }
}

/// Where in `value` the parser stopped.
///
/// It names the last byte for the end of the text, and gives that away only by a column too many.
fn place(value: &str, location: &hcl_edit::parser::Location) -> usize {
    let offset = location.offset();
    let next = value.get(offset..).and_then(|rest| rest.chars().next());
    let (Some(before), Some(next)) = (value.get(..offset), next) else {
        return value.len();
    };
    let line = before.rsplit('\n').next().unwrap_or_default();
    let is_end = location.column() > line.chars().count() + 1;
    if is_end { offset + next.len_utf8() } else { offset }
}

/// The text of a value as the parser is to see it, of the same length.
fn masked(text: &str, extent: &Extent) -> String {
    let start = extent.span.start;
    let mut bytes = text.get(extent.span.clone()).unwrap_or_default().as_bytes().to_vec();
    let mut overwrite = |at: usize, new: &[u8]| {
        let at = at.saturating_sub(start);
        if let Some(old) = bytes.get_mut(at..at + new.len()) {
            old.copy_from_slice(new);
        }
    };
    for blank in &extent.blanks {
        overwrite(blank.start, &vec![b' '; blank.len()]);
    }
    for [start, end] in &extent.ambiguous {
        if let Some(marker) = unused_marker(text, extent, start.len()) {
            overwrite(start.start, marker.as_bytes());
            overwrite(end.start, marker.as_bytes());
        }
    }
    for flush in &extent.flush {
        let blanked = extent.blanks.iter().any(|blank| blank.contains(flush));
        if !blanked {
            overwrite(*flush, b" <<");
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// A heredoc marker that no line of the value starts with.
fn unused_marker(text: &str, extent: &Extent, length: usize) -> Option<String> {
    let value = text.get(extent.span.clone())?;
    ('A'..='Z')
        .chain('a'..='z')
        .map(|letter| letter.to_string().repeat(length))
        .find(|marker| !value.lines().any(|line| line.trim_start().starts_with(marker)))
}

/// A value that the parser refused.
struct Refusal<'a> {
    /// The text it was given.
    value: &'a str,
    /// Where it stopped.
    at: usize,
    /// The place of the value in the source.
    base: usize,
    /// The end of the argument in the source.
    end: usize,
}

impl Refusal<'_> {
    /// Says in Terraform's words what is wrong.
    fn report(&self, problems: &mut Problems) {
        let (before, after) = self.split(self.at);
        if is_exponent(before, after) || is_too_large(after) {
            return problems.report(
                self.token(self.at),
                "Invalid number",
                "A number must be less than 1.8e308.",
            );
        }
        if is_incomplete(before) {
            return report_no_expression(self.token(self.at), problems);
        }
        if after.starts_with('.') {
            return problems.report(
                self.token(self.at + 1),
                "Invalid attribute name",
                "An attribute name is required after a dot.",
            );
        }
        if parse_expr(before).is_ok() {
            let operator = OPERATORS.iter().find(|operator| after.starts_with(*operator));
            if let Some(operator) = operator {
                let operator_at = self.value.len() - after.len();
                return report_no_expression(self.token(operator_at + operator.len()), problems);
            }
            return problems.report(
                self.token(self.at),
                "Missing newline after argument",
                "An argument definition must end with a newline.",
            );
        }
        let (at, summary, detail) = self.inside(before, after);
        problems.report(self.token(at), summary, detail);
    }

    /// What is wrong inside brackets or a string.
    fn inside(&self, before: &str, after: &str) -> (usize, &'static str, &'static str) {
        if (after.starts_with("%{") || after.starts_with(['"', '<'])) && after.contains("%{") {
            return (
                self.at,
                "Invalid template directive",
                "A template may hold %{ if CONDITION }, optionally %{ else }, and %{ endif }, or %{ for NAME in COLLECTION } and %{ endfor }. Write %%{ for a literal %{.",
            );
        }
        match innermost_open(before) {
            Some('[') => (
                self.at,
                "Missing item separator",
                "Expected a comma to mark the beginning of the next item.",
            ),
            Some('{') if awaits_key_separator(before) => (
                // The parser stops after the character that it did not expect.
                self.at - before.chars().next_back().map_or(0, char::len_utf8),
                "Missing key/value separator",
                "Expected an equals sign (\"=\") to mark the beginning of the attribute value.",
            ),
            Some('{') => (
                self.at,
                "Missing attribute separator",
                "Expected a newline or comma to mark the beginning of the next attribute.",
            ),
            Some('(') => (
                self.at,
                "Unbalanced parentheses",
                "Expected a closing parenthesis to terminate the expression.",
            ),
            _ => (self.at, "Invalid expression", "The expression cannot be understood from here on."),
        }
    }

    /// The text before `at` and the text from there on, without the spaces between.
    fn split(&self, at: usize) -> (&str, &str) {
        let (before, after) = self.value.split_at_checked(at).unwrap_or((self.value, ""));
        (before.trim_end(), after.trim_start_matches([' ', '\t']))
    }

    /// The place in the source of the word or character after `at`.
    fn token(&self, at: usize) -> Range<usize> {
        let (_, after) = self.split(at);
        if after.is_empty() {
            return self.end..self.end + 1;
        }
        let start = self.base + self.value.len() - after.len();
        let word =
            after.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(after.len());
        start..start + word.max(after.chars().next().map_or(0, char::len_utf8))
    }
}

/// Operators that need a right operand.
const OPERATORS: [&str; 14] = ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%", "?"];

/// Whether the text ends where an expression has to start.
fn is_incomplete(text: &str) -> bool {
    text.is_empty()
        || text.ends_with(['=', ':', ',', '?', '(', '[', '{'])
        || OPERATORS.iter().any(|operator| text.ends_with(operator))
}

/// Whether the parser stopped before an exponent, which it does when the number is too large.
fn is_exponent(before: &str, after: &str) -> bool {
    let digits = after.strip_prefix(['e', 'E']).map(|digits| digits.trim_start_matches(['+', '-']));
    before.ends_with(|c: char| c.is_ascii_digit())
        && digits.is_some_and(|digits| digits.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether the parser stopped before a number that is too large without an exponent.
fn is_too_large(after: &str) -> bool {
    let digits = after.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(after.len());
    after.get(..digits).and_then(|digits| digits.parse::<f64>().ok()).is_some_and(f64::is_infinite)
}

fn report_no_expression(span: Range<usize>, problems: &mut Problems) {
    problems.report(
        span,
        "Invalid expression",
        "Expected the start of an expression, but found an invalid expression token.",
    );
}

/// The innermost bracket still open at the end of `text`; brackets inside strings do not count.
pub(super) fn innermost_open(text: &str) -> Option<char> {
    let mut open = Vec::new();
    for character in outside_strings(text) {
        match character {
            '(' | '[' | '{' => open.push(character),
            ')' | ']' | '}' => {
                open.pop();
            }
            _ => {}
        }
    }
    open.pop()
}

/// Whether the last object item of `text` has no separator between key and value yet.
fn awaits_key_separator(text: &str) -> bool {
    let mut depth = 0_usize;
    let code: Vec<char> = outside_strings(text).collect();
    for character in code.into_iter().rev() {
        match character {
            ')' | ']' | '}' => depth += 1,
            '(' | '[' | '{' if depth == 0 => return true,
            '(' | '[' | '{' => depth -= 1,
            ',' | '\n' if depth == 0 => return true,
            '=' | ':' if depth == 0 => return false,
            _ => {}
        }
    }
    true
}

/// The characters of `text` that are in no quoted string.
fn outside_strings(text: &str) -> impl Iterator<Item = char> {
    let mut quoted = false;
    let mut escaped = false;
    text.chars().filter(move |&character| {
        let inside = quoted;
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        !inside && !quoted
    })
}
