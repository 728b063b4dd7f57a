//! A template as YAML, the way people write templates: functions as tags, texts without quotes where that is safe.

use super::value::Value;

/// The lines of a map at the top.
pub(super) fn document(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text
}

/// Writes a list or map, each entry on a line at a depth.
fn write(value: &Value, depth: usize, into: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Map(fields) => {
            for (name, value) in fields {
                into.push_str(&format!("{indent}{}:", scalar(name)));
                after(value, depth, into);
            }
        }
        Value::List(items) | Value::Call(_, items) => {
            for item in items {
                let mut entry = String::new();
                match item {
                    Value::Map(fields) if !fields.is_empty() => {
                        write(item, depth + 1, &mut entry);
                        into.push_str(&format!("{indent}- {}", entry.trim_start()));
                    }
                    item => {
                        into.push_str(&format!("{indent}-"));
                        after(item, depth, into);
                    }
                }
            }
        }
        _ => {}
    }
}

/// Writes what comes after a key or a dash: on the same line, or below.
fn after(value: &Value, depth: usize, into: &mut String) {
    match value {
        Value::Map(fields) if !fields.is_empty() => {
            into.push('\n');
            write(value, depth + 1, into);
        }
        Value::List(items) if !items.is_empty() => {
            into.push('\n');
            write(value, depth + 1, into);
        }
        Value::Call(function, _) => {
            into.push_str(&format!(" !{function}\n"));
            write(value, depth + 1, into);
        }
        value => into.push_str(&format!(" {}\n", inline(value))),
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.clone(),
        Value::Text(text) => scalar(text),
        Value::Short(function @ "Sub", text) => format!("!{function} {}", quoted(text)),
        Value::Short(function, text) => format!("!{function} {text}"),
        Value::List(_) => "[]".to_owned(),
        Value::Map(_) | Value::Call(..) => "{}".to_owned(),
    }
}

/// A text: without quotes if no reader of YAML can take it for anything else.
fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ')' | '/'))
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " _./()-,;@".contains(c) || c == ':')
        && !text.contains(": ");
    let word = text.to_ascii_lowercase();
    let keyword =
        matches!(word.as_str(), "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n");
    if plain && !keyword { text.to_owned() } else { quoted(text) }
}

/// In single quotes, where nothing but a quote has a meaning; in double quotes if a character cannot stand there.
fn quoted(text: &str) -> String {
    if text.chars().any(char::is_control) {
        return serde_json::Value::from(text).to_string();
    }
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_mean_something_else_are_quoted() {
        for text in [
            "true",
            "No",
            "2012-10-17",
            "*",
            "",
            "a: b",
            "x #y",
            "!Ref",
            "0123",
            "- a",
            "a:",
            "it's",
            "null",
            "é",
            "a ",
        ] {
            assert!(scalar(text).starts_with('\''), "{text}");
        }
        for text in ["kms:Decrypt", "Enable IAM User Permissions", "aws:SourceArn", "a/b.c", "x@y.z"] {
            assert_eq!(scalar(text), text);
        }
        assert_eq!(scalar("it's"), "'it''s'");
        assert_eq!(scalar("a\nb"), "\"a\\nb\"");
    }

    #[test]
    fn lists_maps_and_functions_nest() {
        let value = Value::map([
            (
                "A",
                Value::List(vec![
                    Value::map([("B", "c".into()), ("D", Value::List(vec!["e".into()]))]),
                    "f".into(),
                ]),
            ),
            ("G", Value::map([("H", true.into())]).when("Wanted")),
            ("I", Value::List(vec![Value::text("j").when("Wanted")])),
            ("K", Value::List(Vec::new())),
            ("L", Value::Short("Sub", "${M}-n".to_owned())),
        ]);
        let expected = "A:\n  - B: c\n    D:\n      - e\n  - f\nG: !If\n  - Wanted\n  - H: true\n  - !Ref AWS::NoValue\nI:\n  - !If\n    - Wanted\n    - j\n    - !Ref AWS::NoValue\nK: []\nL: !Sub '${M}-n'\n";
        assert_eq!(document(&value), expected);
    }
}
