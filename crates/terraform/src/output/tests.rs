use serde_json::json;

use super::*;
use crate::State;

/// The outputs of a configuration of our own, as Terraform stored and as it printed them.
const STATE: &str = include_str!("../../tests/data/outputs.state.json");
const HUMAN: &str = include_str!("../../tests/data/outputs.txt");
const JSON: &str = include_str!("../../tests/data/outputs.json");

fn outputs() -> BTreeMap<String, Output> {
    State::parse(STATE.as_bytes()).unwrap().outputs
}

#[test]
fn all_outputs_have_terraforms_bytes() {
    assert_eq!(human(&outputs()) + "\n", HUMAN);
    assert_eq!(json(&outputs()) + "\n", JSON);
}

#[test]
fn no_outputs() {
    assert_eq!(human(&BTreeMap::new()), "");
    assert_eq!(json(&BTreeMap::new()), "{}");
}

#[test]
fn one_output_has_terraforms_bytes() {
    let outputs = outputs();
    let table = [
        ("s", "\"plain\"", "\"plain\"", Ok("plain")),
        (
            "n_big",
            "12345678901234567890123456789",
            "12345678901234567890123456789",
            Ok("12345678901234567890123456789"),
        ),
        ("b", "true", "true", Ok("true")),
        ("s_multi2", "<<EOT\nline1\nline2\nEOT", "\"line1\\nline2\"", Ok("line1\nline2")),
        (
            "json_html",
            "\"<a href=\\\"x\\\">&</a>\"",
            "\"\\u003ca href=\\\"x\\\"\\u003e\\u0026\\u003c/a\\u003e\"",
            Ok("<a href=\"x\">&</a>"),
        ),
        ("sens", "{\n  \"a\" = \"x\"\n}", "{\"a\":\"x\"}", Err("object")),
        ("list0", "tolist([])", "[]", Err("list of dynamic")),
        ("set", "toset([\n  \"a\",\n  \"b\",\n])", "[\"a\",\"b\"]", Err("set of string")),
        ("tup0", "[]", "[]", Err("tuple")),
    ];
    for (name, human, json, raw) in table {
        let output = &outputs[name];
        assert_eq!(output.human(), human, "{name}");
        assert_eq!(output.json(), json, "{name}");
        let raw = raw.map(str::to_owned).map_err(|name| NotRaw { type_name: name.to_owned() });
        assert_eq!(output.raw(), raw, "{name}");
    }
}

#[test]
fn a_value_of_dynamic_type_is_shown_as_what_it_is() {
    let output = Output {
        value: json!({"value": ["a"], "type": ["list", "string"]}),
        value_type: json!("dynamic"),
        ..Output::of(json!("")).unwrap()
    };
    assert_eq!(output.human(), "tolist([\n  \"a\",\n])");
}

#[test]
fn types_are_implied_as_terraform_implies_them() {
    assert_eq!(Output::of(Value::Null), None);
    for (value, value_type) in [
        (json!("x"), json!("string")),
        (json!(1), json!("number")),
        (json!(true), json!("bool")),
        (json!(["a", 1, null]), json!(["tuple", ["string", "number", "dynamic"]])),
        (json!({}), json!(["object", {}])),
        (json!({"a": []}), json!(["object", {"a": ["tuple", []]}])),
    ] {
        assert_eq!(Output::of(value).unwrap().value_type, value_type);
    }
}
