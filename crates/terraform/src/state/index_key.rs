//! Instance keys as addresses have them: `[0]`, `["name"]`.

use std::str::Chars;

use serde_json::Value;

use crate::hcl_text;
use crate::quote::is_printable;

/// A key that the instances of one resource or module are told apart by, in Terraform's order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// There is none.
    None,
    /// A place in a count.
    Number(u64),
    /// A key of `for_each`.
    Text(String),
}

impl Rank {
    /// Where a key stands among others.
    pub(super) fn of(key: Option<&Value>) -> Self {
        match key {
            None => Self::None,
            Some(Value::String(text)) => Self::Text(text.clone()),
            Some(other) => Self::Number(other.as_u64().unwrap_or_default()),
        }
    }
}

/// A key in its brackets; a text is quoted as Terraform's language has it, so that nothing in it is a template.
pub(super) fn text(key: &Value) -> String {
    match key {
        Value::String(text) => format!("[{}]", hcl_text::quoted_where(text, is_printable)),
        other => format!("[{other}]"),
    }
}

/// The key that a text starts with, if it does, and what follows it; `None` for a key that is none.
pub(super) fn read(text: &str) -> Option<(Option<Value>, &str)> {
    let Some(inside) = text.strip_prefix('[') else { return Some((None, text)) };
    let (key, rest) = match inside.strip_prefix('"') {
        Some(quoted) => string(quoted)?,
        None => number(inside)?,
    };
    Some((Some(key), rest.strip_prefix(']')?))
}

fn number(text: &str) -> Option<(Value, &str)> {
    let (digits, rest) = text.split_at(text.find(']')?);
    let is_number = digits == "0" || !digits.starts_with(['0', '+']);
    let number: u64 = digits.parse().ok().filter(|_| is_number)?;
    Some((Value::from(number), rest))
}

/// A string whose first quotation mark is behind us.
fn string(text: &str) -> Option<(Value, &str)> {
    let mut rest = text.chars();
    let mut value = String::new();
    loop {
        match rest.next()? {
            '"' => return Some((Value::String(value), rest.as_str())),
            '\n' => return None,
            '\\' => value.push(escaped(&mut rest)?),
            '$' | '%' if rest.as_str().starts_with('{') => return None,
            sign @ ('$' | '%')
                if rest.as_str().strip_prefix(sign).is_some_and(|rest| rest.starts_with('{')) =>
            {
                value.extend(rest.by_ref().take(2));
            }
            other => value.push(other),
        }
    }
}

/// The character that stands behind a backslash.
fn escaped(rest: &mut Chars<'_>) -> Option<char> {
    let length = match rest.next()? {
        'n' => return Some('\n'),
        'r' => return Some('\r'),
        't' => return Some('\t'),
        same @ ('"' | '\\') => return Some(same),
        'u' => 4,
        'U' => 8,
        _ => return None,
    };
    let digits =
        rest.as_str().get(..length).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    *rest = rest.as_str().get(length..)?.chars();
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}
