use serde_json::json;

use super::*;

/// A state with `resources` in short: address without keys, provider's alias, instances as key and dependencies.
fn state() -> State {
    let resource =
        |module: Option<&str>, mode: &str, resource_type: &str, name: &str, instances: serde_json::Value| {
            let mut resource = json!({"mode": mode, "type": resource_type, "name": name,
            "provider": "provider[\"terraform.io/builtin/terraform\"]", "instances": instances});
            if let Some(module) = module {
                resource["module"] = module.into();
            }
            resource
        };
    let plain = json!([{"schema_version": 0, "attributes": {"id": "1"}}]);
    let keyed = json!([
        {"index_key": 0, "schema_version": 0, "attributes": {"id": "1"}},
        {"index_key": 0, "deposed": "1bde6f07", "schema_version": 0, "attributes": {"id": "0"}},
        {"index_key": 1, "schema_version": 0, "attributes": {"id": "2"}},
    ]);
    let dependent = json!([{"schema_version": 0, "attributes": {"id": "1"},
        "dependencies": ["module.m.t.a", "t.a", "t.c"]}]);
    let document = json!({"version": 4, "serial": 1, "lineage": "l", "resources": [
        resource(None, "managed", "t", "a", plain.clone()),
        resource(None, "managed", "t", "b", dependent),
        resource(None, "managed", "t", "c", keyed.clone()),
        resource(None, "managed", "u", "a", plain.clone()),
        resource(None, "data", "t", "a", plain.clone()),
        resource(Some("module.m[\"x.y]\"]"), "managed", "t", "a", plain.clone()),
        resource(Some("module.m[\"x.y]\"].module.n"), "managed", "t", "a", keyed),
        resource(Some("module.mm"), "managed", "t", "a", plain),
    ]});
    State::parse(document.to_string().as_bytes()).unwrap()
}

fn addresses(state: &State) -> Vec<String> {
    let all = |resource: &Resource| {
        let address = resource.address();
        resource.instances.iter().map(|instance| instance.address_in(&address)).collect::<Vec<_>>()
    };
    state.resources.iter().flat_map(all).collect()
}

fn removed(targets: &[&str]) -> Vec<String> {
    let mut state = state();
    let targets: Vec<Target> = targets.iter().map(|target| target.parse().unwrap()).collect();
    let before = addresses(&state).len();
    let removed = state.remove(&targets);
    let deposed = removed.iter().filter(|address| address.ends_with("[0]")).count();
    assert_eq!(addresses(&state).len(), before - removed.len() - deposed);
    assert!(targets.iter().all(|target| !state.holds(target)));
    State::parse(&state.to_bytes()).unwrap();
    removed
}

#[test]
fn removal_takes_what_is_named_and_nothing_else() {
    assert_eq!(removed(&["t.a"]), ["t.a"]);
    assert_eq!(removed(&["t.c"]), ["t.c[0]", "t.c[1]"]);
    assert_eq!(removed(&["t.c[1]", "data.t.a"]), ["data.t.a", "t.c[1]"]);
    assert_eq!(removed(&["t.c[\"1\"]", "t.nothing", "module.nothing"]), [""; 0]);
    let module = ["module.m[\"x.y]\"].module.n.t.a[0]", "module.m[\"x.y]\"].module.n.t.a[1]"];
    assert_eq!(removed(&["module.m[\"x.y]\"].module.n"]), module);
    assert_eq!(removed(&["module.m"]).len(), 3);
    assert_eq!(removed(&["module.m[\"x.y]\"]"]).len(), 3);
}

#[test]
fn the_mark_is_taken_off_one_object() {
    let mut state = state();
    let keyed = state.resources.iter_mut().find(|resource| resource.address() == "t.c").unwrap();
    keyed.instances.iter_mut().for_each(|instance| instance.tainted = true);
    let untaint = |state: &mut State, address: &str| state.untaint(&address.parse().unwrap());
    let missing = |address: &str| Err(UntaintError::NothingThere(address.to_owned()));
    for address in ["t.c", "t.c[2]", "t.nothing", "data.t.a", "module.m"] {
        assert_eq!(untaint(&mut state, address), missing(address));
    }
    assert_eq!(untaint(&mut state, "t.c[0]"), Ok(()));
    assert_eq!(untaint(&mut state, "t.c[0]"), Err(UntaintError::NotTainted("t.c[0]".to_owned())));
    let keyed = state.resources.iter().find(|resource| resource.address() == "t.c").unwrap();
    let tainted: Vec<bool> = keyed.instances.iter().map(|instance| instance.tainted).collect();
    assert_eq!(tainted, [false, true, true], "the deposed object keeps its mark");
}

fn relocated(from: &str, to: &str) -> Result<State, MoveError> {
    let mut state = state();
    let before = state.clone();
    match state.relocate(&from.parse().unwrap(), &to.parse().unwrap()) {
        Ok(()) => Ok(State::parse(&state.to_bytes()).unwrap()),
        Err(error) => {
            assert_eq!(state, before);
            Err(error)
        }
    }
}

#[test]
fn everything_moves_whole() {
    let cases: [(&str, &str, &[&str]); 9] = [
        ("t.a", "t.z", &["t.z"]),
        ("t.a", "t.z[\"k\"]", &["t.z[\"k\"]"]),
        ("t.a", "t.c", &["t.c", "t.c[0]"]),
        ("t.a", "module.q.t.a", &["module.q.t.a"]),
        ("t.c", "t.z", &["t.z[0]", "t.z[0] (deposed 1bde6f07)", "t.z[1]"]),
        ("t.c[0]", "t.z", &["t.z", "t.z (deposed 1bde6f07)", "t.c[1]"]),
        ("t.c[0]", "t.c[7]", &["t.c[7]", "t.c[7] (deposed 1bde6f07)", "t.c[1]"]),
        ("data.t.a", "data.t.z", &["data.t.z"]),
        ("module.m[\"x.y]\"]", "module.q[0]", &["module.q[0].t.a", "module.q[0].module.n.t.a[1]"]),
    ];
    for (from, to, there) in cases {
        let state = relocated(from, to).unwrap();
        let all = addresses(&state);
        assert!(there.iter().all(|address| all.contains(&(*address).to_owned())), "{from} to {to}: {all:?}");
        assert_eq!(all.len(), addresses(&self::state()).len(), "{from} to {to}");
        assert!(!state.holds(&from.parse().unwrap()) || from == "t.c[0]", "{from} to {to}");
    }
}

#[test]
fn dependencies_follow_where_the_old_address_is_gone() {
    let dependencies = |from: &str, to: &str| {
        let state = relocated(from, to).unwrap();
        state.instance(&crate::Address::new("t", "b")).unwrap().dependencies.clone()
    };
    assert_eq!(dependencies("t.a", "t.z"), ["module.m.t.a", "t.c", "t.z"]);
    assert_eq!(dependencies("t.c", "t.z"), ["module.m.t.a", "t.a", "t.z"]);
    assert_eq!(dependencies("t.c[0]", "t.z"), ["module.m.t.a", "t.a", "t.c"]);
    assert_eq!(dependencies("module.m[\"x.y]\"]", "module.q[1]"), ["module.q.t.a", "t.a", "t.c"]);
    assert_eq!(dependencies("t.a", "t.c"), ["module.m.t.a", "t.c"]);
}

#[test]
fn moves_that_would_lose_something_are_refused() {
    let cases = [
        ("t.nothing", "t.z", "cannot move t.nothing: the state holds nothing at that address"),
        ("t.c[7]", "t.z", "cannot move t.c[7]: the state holds nothing at that address"),
        ("module.nothing", "module.z", "cannot move module.nothing: the state holds nothing at that address"),
        ("t.a", "t.a", "cannot move to t.a: the state already holds something at that address"),
        ("t.a", "t.c[0]", "cannot move to t.c[0]: the state already holds something at that address"),
        ("t.c", "t.a", "cannot move to t.a: the state already holds something at that address"),
        (
            "module.mm",
            "module.mm",
            "cannot move to module.mm: the state already holds something at that address",
        ),
        (
            "t.c",
            "t.z[0]",
            "cannot move t.c to t.z[0]: the source is a whole resource, so the destination must be a whole resource too",
        ),
        (
            "t.a",
            "module.z",
            "cannot move t.a to module.z: the source is a resource, so the destination must be a resource too",
        ),
        (
            "module.mm",
            "t.z",
            "cannot move module.mm to t.z: the source is a module, so the destination must be a module too",
        ),
        ("t.a", "u.z", "cannot move t.a to u.z: their resource types differ"),
        ("t.a", "data.t.z", "cannot move t.a to data.t.z: one is managed, the other a data source"),
    ];
    for (from, to, message) in cases {
        assert_eq!(relocated(from, to).unwrap_err().to_string(), message);
    }
    let mut state = state();
    state.resources.iter_mut().filter(|resource| resource.name == "c").for_each(|resource| {
        resource.provider = "provider[\"terraform.io/builtin/terraform\"].other".to_owned();
    });
    let error = state.relocate(&"t.a".parse().unwrap(), &"t.c".parse().unwrap()).unwrap_err();
    assert!(matches!(error, MoveError::Providers { .. }));
}

#[test]
fn nothing_moves_deeper_than_a_state_may_be() {
    let mut state = state();
    let (from, to) = ("module.m[\"x.y]\"]", vec!["module.m"; 100].join("."));
    let before = addresses(&state);
    let refused = state.relocate(&from.parse().unwrap(), &to.parse().unwrap());
    assert!(matches!(refused, Err(MoveError::TooDeep { .. })), "{refused:?}");
    assert_eq!(addresses(&state), before);
}

#[test]
fn addresses_lose_their_keys_whatever_is_in_them() {
    for (address, plain) in [
        ("aws_x.y", "aws_x.y"),
        ("aws_x.y[0]", "aws_x.y"),
        (r#"module.m["a.b[c]\"].d"].module.n[1].data.aws_x.y["k"]"#, "module.m.module.n.data.aws_x.y"),
    ] {
        assert_eq!(without_keys(address), plain);
    }
}
