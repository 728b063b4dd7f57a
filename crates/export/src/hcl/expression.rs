//! Expressions of Terraform's language.

use terraform::Value;
use terraform::hcl_text::quoted;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// A reference, number, bool or `null`: as it stands.
    Verbatim(String),
    /// A text in quotes, with escapes and interpolations in their place already.
    Quoted(String),
    /// `[…]`
    List(Vec<Expression>),
    /// `{…}`
    Object(Vec<(String, Expression)>),
    /// `name(…)` of one argument, or of a reference and one argument.
    Call(&'static str, Option<String>, Box<Expression>),
}

/// The widest list on one line.
const LINE: usize = 80;

impl Expression {
    /// A reference, number, bool or `null`.
    pub fn verbatim(text: impl Into<String>) -> Self {
        Self::Verbatim(text.into())
    }

    /// A text without interpolations.
    pub fn text(text: &str) -> Self {
        Self::Quoted(quoted(text))
    }

    /// Whether it takes several lines.
    pub(super) fn is_long(&self) -> bool {
        match self {
            Self::Verbatim(_) | Self::Quoted(_) => false,
            Self::List(items) => {
                items.iter().any(Self::is_long)
                    || items.iter().any(|item| matches!(item, Self::Object(_)))
                    || items.iter().map(|item| item.print(0).chars().count() + 2).sum::<usize>() > LINE
            }
            Self::Object(fields) => !fields.is_empty(),
            Self::Call(_, _, argument) => argument.is_long(),
        }
    }

    /// Its text, of which further lines stand at a depth.
    pub(super) fn print(&self, depth: usize) -> String {
        let indent = "  ".repeat(depth);
        match self {
            Self::Verbatim(text) | Self::Quoted(text) => text.clone(),
            Self::List(items) if !self.is_long() => {
                format!("[{}]", items.iter().map(|item| item.print(depth)).collect::<Vec<_>>().join(", "))
            }
            Self::List(items) => {
                let items = items.iter().map(|item| format!("{indent}  {},\n", item.print(depth + 1)));
                format!("[\n{}{indent}]", items.collect::<String>())
            }
            Self::Object(fields) if fields.is_empty() => "{}".to_owned(),
            Self::Object(fields) => format!("{{\n{}{indent}}}", members(fields, depth + 1)),
            Self::Call(name, reference, argument) => {
                let reference =
                    reference.as_ref().map(|reference| format!("{reference}, ")).unwrap_or_default();
                format!("{name}({reference}{})", argument.print(depth))
            }
        }
    }
}

/// The members of an object; neighbours on one line each have their equals signs in one column.
fn members(fields: &[(String, Expression)], depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let mut text = String::new();
    for chain in fields.chunk_by(|(_, one), (_, other)| !one.is_long() && !other.is_long()) {
        let width = chain.iter().map(|(name, _)| key(name).chars().count()).max().unwrap_or(0);
        for (name, value) in chain {
            text += &format!("{indent}{:width$} = {}\n", key(name), value.print(depth));
        }
    }
    text
}

impl From<&Value> for Expression {
    fn from(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::text(text),
            Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Object(fields) => {
                Self::Object(fields.iter().map(|(name, value)| (name.clone(), Self::from(value))).collect())
            }
            other => Self::verbatim(other.to_string()),
        }
    }
}

/// `text` as it stands between quotes: nothing in it is an interpolation.
pub fn escaped(text: &str) -> String {
    let quoted = quoted(text);
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or_default().to_owned()
}

/// The key of an object: in quotes unless it is a plain word.
fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !matches!(name, "for" | "null" | "true" | "false");
    if plain { name.to_owned() } else { quoted(name) }
}
