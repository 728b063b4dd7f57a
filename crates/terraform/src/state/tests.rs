use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::state_json::Document;

/// Written by Terraform 1.15.5 for a configuration of our own.
const WRITTEN: &str = include_str!("../../tests/data/state-1.15.json");

fn parse(text: &str) -> Result<State, StateError> {
    State::parse(text.as_bytes())
}

fn text(state: &State) -> String {
    String::from_utf8(state.to_bytes()).unwrap()
}

/// The written state with one edit of its JSON.
fn edited(edit: impl FnOnce(&mut Value)) -> String {
    let mut document: Value = serde_json::from_str(WRITTEN).unwrap();
    edit(&mut document);
    document.to_string()
}

#[test]
fn a_state_of_terraform_is_written_back_byte_for_byte() {
    let state = parse(WRITTEN).unwrap();
    assert_eq!(text(&state), WRITTEN);
    assert_eq!(state.terraform_version.as_deref(), Some("1.15.5"));
    let tainted =
        state.resources.iter().flat_map(|resource| &resource.instances).filter(|instance| instance.tainted);
    assert_eq!(tainted.count(), 1);
}

#[test]
fn an_empty_state_has_terraforms_form() {
    let mut state = State::empty("l");
    state.terraform_version = Some("1.15.5".to_owned());
    assert_eq!(
        text(&state),
        "{\n  \"version\": 4,\n  \"terraform_version\": \"1.15.5\",\n  \"serial\": 0,\n  \"lineage\": \"l\",\n  \"outputs\": {},\n  \"resources\": [],\n  \"check_results\": null\n}\n"
    );
}

#[test]
fn what_terraform_refuses_is_refused() {
    type Edit = fn(&mut Value);
    let table: [(&str, Edit); 24] = [
        ("version", |s| s["version"] = json!(0)),
        ("version", |s| s["version"] = json!("4")),
        ("version", |s| s["version"] = json!(null)),
        ("version 5", |s| s["version"] = json!(5)),
        ("refresh-only", |s| s["version"] = json!(3)),
        ("terraform_version", |s| s["terraform_version"] = json!("rust-0.1")),
        ("serial", |s| s["serial"] = json!("1")),
        ("serial", |s| s["serial"] = json!(-1)),
        ("serial", |s| s["serial"] = json!(1.5)),
        ("lineage", |s| s["lineage"] = json!(7)),
        ("outputs", |s| s["outputs"] = json!([])),
        ("outputs.o.type", |s| {
            s["outputs"]["o"].as_object_mut().unwrap().remove("type");
        }),
        ("outputs.o.type", |s| s["outputs"]["o"]["type"] = json!("any")),
        ("resources", |s| s["resources"] = json!({})),
        ("resources[0].mode", |s| s["resources"][0]["mode"] = json!("other")),
        ("resources[1].type", |s| s["resources"][1]["type"] = json!(null)),
        ("resources[1].instances[0].status", |s| {
            s["resources"][1]["instances"][0]["status"] = json!("broken");
        }),
        ("resources[1].instances[0].deposed", |s| {
            s["resources"][1]["instances"][0]["deposed"] = json!("abc");
        }),
        ("resources[1].instances[0].index_key", |s| {
            s["resources"][1]["instances"][0]["index_key"] = json!([1]);
        }),
        ("resources[1].instances[0].dependencies", |s| {
            s["resources"][1]["instances"][0]["dependencies"] = json!(["x.y[0]"]);
        }),
        ("resources[1].instances[0].private", |s| {
            s["resources"][1]["instances"][0]["private"] = json!("not base64");
        }),
        ("resources[1].instances[0].attributes", |s| {
            s["resources"][1]["instances"][0]["attributes"] = json!([]);
        }),
        ("terraform_data.c[0]", |s| {
            let twice = s["resources"][2]["instances"][0].clone();
            s["resources"][2]["instances"].as_array_mut().unwrap().push(twice);
        }),
        ("terraform_data.a", |s| {
            let twice = s["resources"][1].clone();
            s["resources"].as_array_mut().unwrap().push(twice);
        }),
    ];
    for (named, edit) in table {
        let message = parse(&edited(edit)).expect_err(named).to_string();
        assert!(message.contains(named), "{message} does not name {named}");
    }
}

#[test]
fn a_module_path_deeper_than_the_stack_is_refused() {
    let within =
        |depth: usize| edited(|s| s["resources"][0]["module"] = json!(vec!["module.m"; depth].join(".")));
    let state = parse(&within(100)).unwrap();
    assert!(Document::of(Some(&state)).to_line().unwrap().contains("child_modules"));
    let refused = parse(&within(20_000)).unwrap_err().to_string();
    assert!(refused.contains("resources[0].module") && refused.contains("at most 100 modules"), "{refused}");
    assert!(refused.len() < 200, "{refused}");
}

#[test]
fn what_is_no_json_object_is_refused() {
    for (bytes, named) in [
        (&b""[..], "empty"),
        (b" \n", "empty"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"{\"version\":4", "JSON"),
        (b"<html>", "a web page or XML"),
        (b"\x1f\x8b\x08\x00", "compressed with gzip"),
        (b"PK\x03\x04x", "a zip archive"),
        (b"[]", "`version` is missing"),
        (b"{}", "`version` is missing"),
        (b"\xff\xfe", "JSON"),
    ] {
        let message = State::parse(bytes).expect_err(named).to_string();
        assert!(message.contains(named), "{message}");
    }
    assert!(matches!(State::parse(&vec![b' '; STATE_LIMIT + 1]), Err(StateError::TooLarge { .. })));
    let deep = format!("{{\"version\":4,\"x\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(parse(&deep), Err(StateError::Syntax(_))));
}

#[test]
fn what_terraform_tolerates_is_tolerated() {
    let state = parse(r#"{"version":4}"#).unwrap();
    assert_eq!(state, State::empty(""));
    for version in ["1.99.0", "2.3.0", "0.1.0-artos", ""] {
        let state = parse(&edited(|s| s["terraform_version"] = json!(version))).unwrap();
        assert_eq!(state.terraform_version.as_deref(), Some(version));
    }
    let state = parse(&edited(|s| {
        s["terraform_version"] = Value::Null;
        s["resources"][1]["provider"] = Value::Null;
        s["resources"][1]["instances"][0] = json!({"attributes": {"id": "x"}});
    }))
    .unwrap();
    assert_eq!(state.resources[1].provider, "");
    assert!(!text(&state).contains("\"provider\": \"\""));
}

#[test]
fn a_resource_in_two_entries_becomes_one() {
    let state = parse(&edited(|s| {
        let mut second = s["resources"][2].clone();
        second["instances"] = json!([{"index_key": 7, "attributes": {}}]);
        s["resources"].as_array_mut().unwrap().push(second);
    }))
    .unwrap();
    assert_eq!(state.resources[2].instances.len(), 3);
}

#[test]
fn unknown_fields_survive_at_every_level() {
    let state = parse(&edited(|s| {
        s["x_top"] = json!({"b": 1, "a": 2});
        s["outputs"]["o"]["x_output"] = json!(1);
        s["resources"][1]["x_resource"] = json!(2);
        s["resources"][1]["instances"][0]["x_instance"] = json!(3);
    }))
    .unwrap();
    let written = text(&state);
    for field in ["x_top", "x_output", "x_resource", "x_instance"] {
        assert!(written.contains(field), "{field} is lost");
    }
    assert!(written.contains("\"x_top\": {\n    \"b\": 1,\n    \"a\": 2\n  }"));
    assert_eq!(parse(&written).unwrap(), state);
}

#[test]
fn resources_and_instances_are_sorted_when_written() {
    let mut state = State::empty("l");
    let provider = "provider[\"x\"]";
    for name in ["b", "a"] {
        state.record(&Address::new("t", name), provider, Instance::new(0, Map::new(), vec![]));
    }
    let mut data = state.resources[0].clone();
    data.mode = Mode::Data;
    let mut module = state.resources[1].clone();
    module.module = Some("module.m".to_owned());
    let keys = [json!("b"), json!(10), json!("a"), json!(9)];
    module.instances = keys
        .into_iter()
        .map(|key| Instance { index_key: Some(key), ..Instance::new(0, Map::new(), vec![]) })
        .collect();
    module
        .instances
        .push(Instance { deposed: Some("1bde6f07".to_owned()), ..Instance::new(0, Map::new(), vec![]) });
    module.instances.push(Instance::new(0, Map::new(), vec![]));
    state.resources.extend([module, data]);
    let sorted = parse(&text(&state)).unwrap();
    let addresses: Vec<String> = sorted
        .resources
        .iter()
        .flat_map(|r| r.instances.iter().map(|i| i.address_in(&r.address())))
        .collect();
    assert_eq!(
        addresses,
        [
            "data.t.b",
            "t.a",
            "t.b",
            "module.m.t.a",
            "module.m.t.a (deposed 1bde6f07)",
            "module.m.t.a[9]",
            "module.m.t.a[10]",
            "module.m.t.a[\"a\"]",
            "module.m.t.a[\"b\"]",
        ]
    );
}

#[test]
fn a_new_instance_has_what_terraform_always_writes() {
    let attributes = Map::from_iter([("id".to_owned(), json!("x")), ("arn".to_owned(), json!(null))]);
    let dependencies = ["b.b", "a.a", "b.b"].map(str::to_owned).to_vec();
    let mut state = State::empty("l");
    let instance = Instance::new(2, attributes, dependencies);
    state.record(&Address::new("t", "n"), "provider[\"p\"]", instance);
    let written = text(&state);
    let (_, instances) = written.split_once("\"instances\": ").unwrap();
    let (instances, _) = instances.split_once("\n    }\n  ],").unwrap();
    let compact: String = instances.split_whitespace().collect();
    assert_eq!(
        compact,
        r#"[{"schema_version":2,"attributes":{"arn":null,"id":"x"},"sensitive_attributes":[],"identity_schema_version":0,"dependencies":["a.a","b.b"]}]"#
    );
}

#[test]
fn content_is_compared_apart_from_the_header_and_order() {
    let state = parse(WRITTEN).unwrap();
    let mut other = state.clone();
    other.serial += 5;
    other.lineage = "x".to_owned();
    other.terraform_version = None;
    other.resources.reverse();
    assert!(state.same_content(&other));
    other.resources[0].instances[0].tainted = true;
    assert!(!state.same_content(&other));
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            fields(inner).prop_map(Value::Object),
        ]
    })
}

/// Objects with sorted keys, so that writing changes no order.
fn fields(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    proptest::collection::btree_map("[a-z<é]{1,6}", inner, 0..4).prop_map(|map| map.into_iter().collect())
}

prop_compose! {
    fn instance()(
        tainted in any::<bool>(),
        deposed in proptest::option::of("[0-9a-f]{8}"),
        schema_version in any::<u64>(),
        attributes in fields(value()),
        dependencies in proptest::collection::vec("[a-z]{1,4}\\.[a-z]{1,4}", 0..3),
    ) -> Instance {
        Instance { tainted, deposed, ..Instance::new(schema_version, attributes, dependencies) }
    }
}

prop_compose! {
    fn resource(name: String)(
        mode in prop_oneof![Just(Mode::Managed), Just(Mode::Data)],
        module in proptest::option::of("module\\.[a-z]{1,3}"),
        instance in instance(),
    ) -> Resource {
        Resource {
            module,
            mode,
            resource_type: "aws_x".to_owned(),
            name: name.clone(),
            provider: "provider[\"registry.terraform.io/hashicorp/aws\"]".to_owned(),
            instances: vec![instance],
            unknown: Map::new(),
        }
    }
}

prop_compose! {
    fn state()(
        serial in 0..=u64::MAX / 2,
        lineage in any::<String>(),
        outputs in proptest::collection::btree_map("[a-z]{1,5}", (value(), any::<bool>()), 0..3),
        resources in proptest::collection::btree_set("[a-z]{1,5}", 0..4).prop_flat_map(|names| {
            names.into_iter().map(resource).collect::<Vec<_>>()
        }),
        unknown in fields(value()),
    ) -> State {
        let outputs = outputs.into_iter().map(|(name, (value, sensitive))| (name, Output {
            value,
            value_type: json!("dynamic"),
            sensitive,
            unknown: Map::new(),
        })).collect();
        let unknown = unknown.into_iter().map(|(name, value)| (format!("x_{name}"), value)).collect();
        State { serial, lineage, outputs, resources, unknown, ..State::empty("") }
    }
}

proptest! {
    #[test]
    fn parsing_what_is_written_gives_the_same(state in state()) {
        let bytes = state.to_bytes();
        let read = State::parse(&bytes).unwrap();
        prop_assert!(read.same_content(&state));
        prop_assert_eq!(read.to_bytes(), bytes);
        prop_assert_eq!((read.serial, read.lineage), (state.serial, state.lineage));
    }

    #[test]
    fn byte_soup_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = State::parse(&bytes);
    }

    #[test]
    fn a_damaged_state_never_panics(at in 0..WRITTEN.len(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = WRITTEN.as_bytes().to_vec();
        bytes[at] = byte;
        if cut {
            bytes.truncate(at);
        }
        if let Ok(state) = State::parse(&bytes) {
            let again = state.to_bytes();
            prop_assert!(State::parse(&again).unwrap().same_content(&state));
        }
    }
}
