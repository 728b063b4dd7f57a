use proptest::prelude::*;
use serde_json::json;

use super::*;

fn object(attributes: &[ObjectAttribute]) -> Type {
    Type::Object(attributes.to_vec())
}

fn a_string() -> Type {
    object(&[ObjectAttribute::required("a", Type::String)])
}

#[test]
fn values_convert_as_in_terraform() {
    let with_default =
        ObjectAttribute { default: Some(json!(5)), ..ObjectAttribute::optional("b", Type::Number) };
    let table = [
        (Type::String, json!(1), json!("1")),
        (Type::String, json!(true), json!("true")),
        (Type::Number, json!("5"), json!(5)),
        (Type::Number, json!("1e3"), json!(1000)),
        (Type::Bool, json!("true"), json!(true)),
        (Type::Bool, json!("0"), json!(false)),
        (Type::list(Type::String), json!(["a", 1, true, null]), json!(["a", "1", "true", null])),
        (Type::set(Type::String), json!(["b", "a", "b"]), json!(["a", "b"])),
        (Type::set(Type::Number), json!([20, "3", 3, 1]), json!([1, 3, 20])),
        (Type::map(Type::String), json!({"b": true, "a": 1}), json!({"a": "1", "b": "true"})),
        (a_string(), json!({"a": "x", "b": 1}), json!({"a": "x"})),
        (
            object(&[
                ObjectAttribute::required("a", Type::String),
                ObjectAttribute::optional("b", Type::Number),
            ]),
            json!({"a": 1}),
            json!({"a": "1", "b": null}),
        ),
        (object(std::slice::from_ref(&with_default)), json!({}), json!({"b": 5})),
        (object(&[with_default]), json!({"b": null}), json!({"b": 5})),
        (Type::Any, json!([1, "a"]), json!([1, "a"])),
        (Type::list(Type::Any), json!([1, "a"]), json!(["1", "a"])),
        (Type::map(Type::Any), json!({"a": 1, "b": "x"}), json!({"a": "1", "b": "x"})),
        (Type::list(Type::String), Value::Null, Value::Null),
    ];
    for (wanted, value, converted) in table {
        assert_eq!(wanted.convert(&value), Ok(converted), "{wanted} from {value}");
    }
    let long = serde_json::from_str("1.50").unwrap();
    assert_eq!(Type::String.convert(&long), Ok(json!("1.5")));
}

#[test]
fn errors_have_terraforms_words() {
    let nested = object(&[ObjectAttribute::optional(
        "a",
        object(&[ObjectAttribute::required("b", Type::list(Type::String))]),
    )]);
    let three = ["c", "a", "b"].map(|name| ObjectAttribute::required(name, Type::Bool));
    let table = [
        (Type::String, json!([1]), "string required"),
        (Type::String, json!({"a": 1}), "string required"),
        (Type::Number, json!("x"), "a number is required"),
        (Type::Number, json!(" 5"), "a number is required"),
        (Type::Number, json!("0x10"), "a number is required"),
        (Type::Number, json!(""), "a number is required"),
        (Type::Number, json!(true), "number required"),
        (Type::Number, json!([]), "number required"),
        (Type::Bool, json!("x"), "a bool is required"),
        (Type::Bool, json!("TRUE"), "a bool is required; to convert from string, use lowercase \"true\""),
        (Type::Bool, json!(1), "bool required"),
        (Type::list(Type::String), json!("a"), "list of string required"),
        (Type::list(Type::String), json!({"a": "b"}), "list of string required"),
        (Type::list(Type::String), json!(["a", ["b"]]), "element 1: string required"),
        (Type::set(Type::String), json!("x"), "set of string required"),
        (Type::map(Type::String), json!({"a b": {}}), "element \"a b\": string required"),
        (Type::map(Type::list(Type::String)), json!({"a": "x"}), "element \"a\": list of string required"),
        (a_string(), json!([]), "object required"),
        (a_string(), json!({}), "attribute \"a\" is required"),
        (a_string(), json!({"a": [1]}), "attribute \"a\": string required"),
        (object(&three[1..]), json!({}), "attributes \"a\" and \"b\" are required"),
        (object(&three), json!({}), "attributes \"a\", \"b\", and \"c\" are required"),
        (Type::list(a_string()), json!([{"a": 1}, {}]), "element 1: attribute \"a\" is required"),
        (
            nested,
            json!({"a": {"b": [["x"]]}}),
            "attribute \"a\": attribute \"b\": element 0: string required",
        ),
        (Type::list(Type::Any), json!([1, [2]]), "all list elements must have the same type"),
    ];
    for (wanted, value, message) in table {
        let error = wanted.convert(&value).unwrap_err();
        assert_eq!(error.to_string(), message, "{wanted} from {value}");
    }
}

#[test]
fn errors_carry_the_path() {
    let error = Type::map(Type::list(Type::Number)).convert(&json!({"k": [1, "x"]})).unwrap_err();
    assert_eq!(error.path, [PathStep::Key("k".to_owned()), PathStep::Index(1)]);
    let path: String = error.path.iter().map(ToString::to_string).collect();
    assert_eq!(path, "[\"k\"][1]");
}

#[test]
fn types_are_written_as_in_a_variable_block() {
    let attributes = [
        ObjectAttribute::required("mode", Type::String),
        ObjectAttribute::optional("days", Type::list(Type::Number)),
    ];
    assert_eq!(object(&attributes).to_string(), "object({ mode = string, days = optional(list(number)) })");
}

fn any_type() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![Just(Type::String), Just(Type::Number), Just(Type::Bool), Just(Type::Any)];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            proptest::collection::btree_map("[a-c]", (inner, any::<bool>()), 0..3).prop_map(|attributes| {
                Type::Object(
                    attributes
                        .into_iter()
                        .map(|(name, (attribute_type, optional))| ObjectAttribute {
                            name,
                            attribute_type,
                            default: optional.then_some(Value::Null),
                        })
                        .collect(),
                )
            }),
        ]
    })
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        prop_oneof![Just("true"), Just("12"), Just("x"), Just("1.50")].prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map("[a-c]", inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn conversion_is_idempotent(wanted in any_type(), value in any_value()) {
        if let Ok(once) = wanted.convert(&value) {
            prop_assert_eq!(wanted.convert(&once), Ok(once));
        }
    }
}
