//! JSON text as Terraform writes it: two-space indent or none, and `<`, `>`, `&`, U+2028, U+2029 as escapes.

use std::io;

use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use serde_json::{Map, Value};

/// Wraps a layout and escapes what Go's encoder escapes beyond JSON's own rules.
struct HtmlSafe<F>(F);

impl<F: Formatter> Formatter for HtmlSafe<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, character)) = rest.char_indices().find(|(_, c)| needs_escape(*c)) {
            let (plain, tail) = rest.split_at(at);
            write!(writer, "{plain}\\u{:04x}", u32::from(character))?;
            rest = tail.get(character.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

fn needs_escape(character: char) -> bool {
    matches!(character, '<' | '>' | '&' | '\u{2028}' | '\u{2029}')
}

/// The text of `value` with two-space indent, without a final newline.
pub fn pretty(value: &Value) -> String {
    write(value, PrettyFormatter::with_indent(b"  "))
}

/// The text of `value` on one line, without a final newline.
pub fn compact(value: &Value) -> String {
    write(value, CompactFormatter)
}

fn write(value: &Value, layout: impl Formatter) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, HtmlSafe(layout));
    // Writing a JSON tree to memory has no way to fail.
    let written = serde::Serialize::serialize(value, &mut serializer);
    debug_assert!(written.is_ok());
    String::from_utf8(bytes).unwrap_or_default()
}

/// The same value with the fields of every object in byte order of their names.
///
/// An object of exactly `value` and `type` keeps its order: Terraform writes a value of dynamic type so.
#[must_use]
pub fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        Value::Object(fields) => Value::Object(sorted_fields(fields)),
        other => other.clone(),
    }
}

/// The fields of an object, sorted as [`sorted`] does.
#[must_use]
pub fn sorted_fields(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut names: Vec<(&String, &Value)> = fields.iter().collect();
    let dynamic = fields.len() == 2 && fields.contains_key("value") && fields.contains_key("type");
    if !dynamic {
        names.sort_by_key(|(name, _)| *name);
    }
    names.into_iter().map(|(name, value)| (name.clone(), sorted(value))).collect()
}

/// The same value without the fields that are null, at every depth of objects; nothing of null itself.
#[must_use]
pub fn without_nulls(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Object(fields) => Some(Value::Object(
            fields.iter().filter_map(|(name, value)| Some((name.clone(), without_nulls(value)?))).collect(),
        )),
        other => Some(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn escapes_as_go_does() {
        let text = "a<b>&\u{2028}\u{2029}é\"\\\u{1}\n\u{8}\u{c}\u{7f}";
        assert_eq!(
            compact(&json!(text)),
            "\"a\\u003cb\\u003e\\u0026\\u2028\\u2029é\\\"\\\\\\u0001\\n\\b\\f\u{7f}\""
        );
        assert_eq!(compact(&json!({"<": "&&"})), r#"{"\u003c":"\u0026\u0026"}"#);
    }

    #[test]
    fn pretty_keeps_empty_collections_on_one_line() {
        assert_eq!(
            pretty(&json!({"a": [], "b": {}, "c": [1, {"d": null}]})),
            "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": null\n    }\n  ]\n}"
        );
    }

    #[test]
    fn sorts_at_every_depth() {
        let value = json!({"b": [{"z": 1, "a": 2}], "a": {"y": 1, "x": 2}});
        assert_eq!(compact(&sorted(&value)), r#"{"a":{"x":2,"y":1},"b":[{"a":2,"z":1}]}"#);
    }

    #[test]
    fn leaves_dynamic_values_in_their_order() {
        let text = r#"{"a":{"value":{"b":1,"c":2},"type":["object",{"b":"number"}]}}"#;
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(compact(&sorted(&value)), text);
    }

    #[test]
    fn keeps_the_text_of_numbers() {
        for text in ["1.50", "12345678901234567890123456789", "0.0000000001", "-0"] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(compact(&value), text);
        }
    }
}
