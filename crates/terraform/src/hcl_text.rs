//! Values and arguments as HCL text, in the layout that `terraform fmt` keeps.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::number;

/// Arguments one a line, with aligned equals signs and a final newline: the text of a variable file.
///
/// Names have to be identifiers.
pub fn arguments<'a>(items: impl IntoIterator<Item = (&'a str, &'a Value)>) -> String {
    let items = items.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let mut text = String::new();
    write_items(&mut text, items, 0);
    text
}

/// A value, its further lines indented for a first line without indentation.
pub fn value(value: &Value) -> String {
    text_of(value, 0)
}

/// `text` as a quoted string; what does not show, or changes the direction of what follows, is written out.
pub fn quoted(text: &str) -> String {
    quoted_where(text, |character| !character.is_control() && !is_hidden(character))
}

/// Whether a character takes no room, breaks a line, or lets text read as what it is not (Unicode's format characters).
fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// `text` as a quoted string in which only what is plain stands as itself.
pub(crate) fn quoted_where(text: &str, is_plain: impl Fn(char) -> bool) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '"' | '\\' => quoted.extend(['\\', character]),
            '$' | '%' if characters.peek() == Some(&'{') => quoted.extend([character, character]),
            _ if is_plain(character) => quoted.push(character),
            '\u{10000}'.. => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(character));
            }
            _ => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
        }
    }
    quoted.push('"');
    quoted
}

/// Lines `name = value`; the names of neighbours with values of one line are padded to one width.
fn write_items(text: &mut String, items: Vec<(String, &Value)>, indent: usize) {
    let items: Vec<(String, String)> =
        items.into_iter().map(|(name, value)| (name, text_of(value, indent))).collect();
    let is_short = |(_, value): &(String, String)| !value.contains('\n');
    for group in items.chunk_by(|left, right| is_short(left) && is_short(right)) {
        let width = group.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, value) in group {
            let _ = writeln!(text, "{:indent$}{name:width$} = {value}", "");
        }
    }
}

fn text_of(value: &Value, indent: usize) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number::text(number),
        Value::String(text) => quoted(text),
        Value::Array(items) => list(items, indent),
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => object(fields, indent),
    }
}

/// On one line unless an item has items of its own.
fn list(items: &[Value], indent: usize) -> String {
    let is_simple = items.iter().all(|item| !item.is_array() && !item.is_object());
    if is_simple {
        let items: Vec<String> = items.iter().map(|item| text_of(item, indent)).collect();
        return format!("[{}]", items.join(", "));
    }
    let inner = indent + 2;
    let mut text = "[\n".to_owned();
    for item in items {
        let _ = writeln!(text, "{:inner$}{},", "", text_of(item, inner));
    }
    let _ = write!(text, "{:indent$}]", "");
    text
}

fn object(fields: &Map<String, Value>, indent: usize) -> String {
    let mut text = "{\n".to_owned();
    let items = fields.iter().map(|(name, value)| (key(name), value)).collect();
    write_items(&mut text, items, indent + 2);
    let _ = write!(text, "{:indent$}}}", "");
    text
}

/// A key of an object: bare if it is an identifier that starts no `for` expression.
fn key(name: &str) -> String {
    let is_bare = name != "for" && hcl_edit::Ident::try_new(name).is_ok();
    if is_bare { name.to_owned() } else { quoted(name) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{Source, tfvars};

    fn parsed(text: &str) -> Vec<(String, Value)> {
        let source = Arc::new(Source { name: "x.tfvars".to_owned(), text: text.to_owned() });
        let assignments = tfvars::parse(&source).unwrap();
        assignments.into_iter().map(|assignment| (assignment.name, assignment.value)).collect()
    }

    #[test]
    fn the_layout_is_that_of_terraform_fmt() {
        let tags =
            json!({"a": 1, "bb": "x", "d e": {"f": 1, "gg": []}, "hhh": [{"a": 1, "bb": 2}, {}], "z": null});
        let items =
            [("project_name", json!("p")), ("é", json!([1, "a"])), ("tags", tags), ("x", json!(true))];
        let expected = r#"project_name = "p"
é            = [1, "a"]
tags = {
  a  = 1
  bb = "x"
  "d e" = {
    f  = 1
    gg = []
  }
  hhh = [
    {
      a  = 1
      bb = 2
    },
    {},
  ]
  z = null
}
x = true
"#;
        assert_eq!(arguments(items.iter().map(|(name, value)| (*name, value))), expected);
    }

    #[test]
    fn strings_are_quoted_so_that_nothing_is_interpolated() {
        for (text, expected) in [
            ("${x} %{y} $${z} $ %", r#""$${x} %%{y} $$${z} $ %""#),
            ("\"\\\n\r\t\u{0}\u{7f}é", r#""\"\\\n\r\t\u0000\u007fé""#),
        ] {
            assert_eq!(quoted(text), expected);
            assert_eq!(parsed(&format!("x = {expected}\n")), [("x".to_owned(), json!(text))]);
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![any::<String>(), "[$%{}~\"\\\\a\n]{0,8}"];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{0,9}[1-9])?"
                .prop_filter_map("canonical", |text| number::value(&text)),
            text.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 5, move |inner| {
            let key = prop_oneof![
                "[a-zé_][a-z0-9_-]{0,5}",
                Just("for".to_owned()),
                Just("null".to_owned()),
                text.clone()
            ];
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::btree_map(key, inner, 0..5)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(values in proptest::collection::btree_map("[a-z][a-z0-9_-]{0,8}", any_value(), 0..4)) {
            let text = arguments(values.iter().map(|(name, value)| (name.as_str(), value)));
            let expected: Vec<(String, Value)> = values.into_iter().collect();
            prop_assert_eq!(parsed(&text), expected, "{}", text);
        }
    }
}
