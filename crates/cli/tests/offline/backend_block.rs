//! What says where the state lives: whatever Terraform would read or refuse is never taken for "no backend".

use std::os::unix::fs::{PermissionsExt, symlink};

use super::place::{Place, SETTINGS};

/// What the record of the backend says the key is; nothing of a local one.
fn recorded_key(place: &Place) -> Option<String> {
    let path = place.path().join(".terraform/terraform.tfstate");
    let record: serde_json::Value = serde_json::from_slice(&std::fs::read(path).ok()?).unwrap();
    Some(record["backend"]["config"]["path"].as_str()?.to_owned())
}

/// A whole block of a local backend, so that `init` needs nobody.
fn block(path: &str) -> String {
    format!("terraform {{\n  backend \"local\" {{\n    path = \"{path}\"\n  }}\n}}\n")
}

fn write(place: &Place, name: &str, bytes: &[u8]) {
    std::fs::write(place.path().join(name), bytes).unwrap();
}

#[test]
fn the_block_is_what_terraform_would_take() {
    let x = block("x");
    let json = r#"{"terraform":{"backend":{"local":{"path":"x"}}}}"#.to_owned();
    let directories: [&[(&str, Vec<u8>)]; 9] = [
        &[("backend.tf", format!("\u{feff}{x}").into())],
        &[("backend.tf.json", json.clone().into())],
        &[("backend.tf", block("base").into()), ("backend_override.tf", x.clone().into())],
        &[("backend.tf", block("base").into()), ("override.tf.json", json.into())],
        &[("backend.tf", format!("{x}locals {{\n  a =\n}}\n").into())],
        &[("backend.tf", format!("{x}locals {{\n  a = 1\n  a = 2\n}}\n").into())],
        &[("backend.tf", [x.as_bytes(), b"# caf\xe9\n"].concat())],
        &[("backend.tf", format!("{x}/* {} */\n", "long ".repeat(300_000)).into())],
        &[
            ("backend.tf", x.into()),
            (".backend.tf", block("hidden").into()),
            ("old.tf~", block("old").into()),
        ],
    ];
    for files in directories {
        let place = Place::with(&[]);
        for (name, bytes) in files {
            write(&place, name, bytes);
        }
        let shown = place.run(&["init", "-input=false"]);
        assert_eq!(recorded_key(&place).as_deref(), Some("x"), "{:?}: {shown}", files[0].0);
        place.succeed(&["init"]);
    }
}

#[test]
fn what_cannot_be_read_stops_every_command() {
    let refusals: [(&str, Vec<u8>, &str); 8] = [
        ("b.tf", b"terraform {\n  cloud {\n    organization = \"acme\"\n  }\n}\n".to_vec(), "HCP Terraform"),
        (
            "b.tf",
            b"terraform {\n  state_store \"foo_bar\" {\n    provider \"foo\" {}\n  }\n}\n".to_vec(),
            "state_store",
        ),
        ("b.tf.json", br#"{"terraform":{"backend":{"gcs":{"bucket":"x"}}}}"#.to_vec(), "\"gcs\""),
        ("b.tf.json", br#"{"terraform":{"backend":{"s3":{"bucket":"x",}}}}"#.to_vec(), "not valid JSON"),
        ("b.tf", block("x").replace("path = \"x\"", "path = \"x\"\n    path = \"y\"").into(), "already set"),
        (
            "b.tf",
            [vec![0xff, 0xfe], block("x").encode_utf16().flat_map(u16::to_le_bytes).collect()].concat(),
            "UTF-8",
        ),
        ("b.tf", format!("{}{}", block("x"), block("y")).into(), "Duplicate 'backend'"),
        ("b.tf", block("x").trim_end().trim_end_matches('}').into(), "Unterminated"),
    ];
    for (name, bytes, reason) in refusals {
        let place = Place::of_example();
        write(&place, name, &bytes);
        for command in ["init", "plan", "apply"] {
            let shown = place.run(&[command, "-input=false"]);
            assert!(shown.ends_with("----- exit 1 -----\n") && shown.contains(reason), "{name}: {shown}");
            assert!(shown.contains(&format!("--> {name}:")), "{name}: no place in {shown}");
        }
        assert!(!place.path().join(".terraform").exists());
    }
}

#[test]
fn files_that_are_there_and_cannot_be_opened_are_refused() {
    let place = Place::of_example();
    symlink("nowhere.tf", place.path().join("backend.tf")).unwrap();
    let shown = place.run(&["init"]);
    assert!(shown.contains("backend.tf cannot be read: it is a link to nowhere.tf"), "{shown}");
    std::fs::remove_file(place.path().join("backend.tf")).unwrap();
    symlink(".", place.path().join("backend.tf")).unwrap();
    let shown = place.run(&["init"]);
    assert!(shown.contains("backend.tf cannot be read: it is no file"), "{shown}");
    std::fs::remove_file(place.path().join("backend.tf")).unwrap();
    // A directory of that name is none of Terraform's files.
    std::fs::create_dir(place.path().join("modules.tf")).unwrap();
    place.succeed(&["init"]);
    write(&place, "backend.tf", block("x").as_bytes());
    std::fs::set_permissions(place.path().join("backend.tf"), PermissionsExt::from_mode(0o000)).unwrap();
    // Root may read everything.
    if std::fs::read(place.path().join("backend.tf")).is_err() {
        let shown = place.run(&["plan"]);
        assert!(shown.contains("backend.tf cannot be read"), "{shown}");
    }
}

#[test]
fn arguments_belong_to_the_backend_that_the_block_names() {
    let place = Place::with(&[("b.tf", &block("x").replace("local", "s3"))]);
    let shown = place.run(&["init"]);
    assert!(shown.contains("--> b.tf:3:") && shown.contains("Unsupported argument"), "{shown}");
}

#[test]
fn two_files_that_contradict_each_other_are_both_named() {
    let place = Place::with(&[("a.tf", &block("one")), ("b.tf", &block("two"))]);
    let shown = place.run(&["init"]);
    assert!(shown.contains("--> b.tf:2:") && shown.contains("a.tf:2,"), "{shown}");
}

#[test]
fn a_record_of_another_program_is_not_none() {
    for (record, named) in [
        (
            r#"{"version":3,"terraform_version":"1.15.5","state_store":{"type":"foo_bar","config":{},"hash":1}}"#,
            "state_store",
        ),
        (r#"{"version":3,"backend":{"type":"cloud","config":{},"hash":1}}"#, "`cloud`"),
        (r#"{"version":3,"remote":{"type":"s3","config":{"bucket":"b"}}}"#, "remote"),
        (
            r#"{"version":3,"backend":{"type":"local","config":{},"hash":1,"workspace":"x"}}"#,
            "backend.workspace",
        ),
        (r#"{"version":3,"modules":[{"path":["root"],"resources":{"a.b":{}}}]}"#, "modules"),
        ("null", "version"),
    ] {
        let place = Place::of_example();
        std::fs::create_dir(place.path().join(".terraform")).unwrap();
        write(&place, ".terraform/terraform.tfstate", record.as_bytes());
        for command in ["plan", "init"] {
            let shown = place.run(&[command, "-input=false"]);
            assert!(shown.ends_with("----- exit 1 -----\n") && shown.contains(named), "{shown}");
        }
    }
    // What releases before 1.10 left beside the backend is no place.
    let place = Place::of_example();
    std::fs::create_dir(place.path().join(".terraform")).unwrap();
    let old = r#"{"version":3,"serial":1,"lineage":"l","backend":{"type":"local","config":{"path":"x","workspace_dir":null},"hash":1},
        "modules":[{"path":["root"],"outputs":{},"resources":{},"depends_on":[]}]}"#;
    write(&place, ".terraform/terraform.tfstate", old.as_bytes());
    place.succeed(&["init"]);
    for name in ["terraform.tfstate", "environment"] {
        let place = Place::of_example();
        place.succeed(&["init"]);
        let _ = std::fs::remove_file(place.path().join(".terraform").join(name));
        symlink("nowhere", place.path().join(".terraform").join(name)).unwrap();
        let shown = place.run(&["plan", "-input=false"]);
        assert!(shown.contains(&format!("Failed to read .terraform/{name}")), "{shown}");
    }
}

#[test]
fn a_backend_file_that_lies_beside_is_not_passed_over() {
    let file = "backend-global-production-us-east-1.hcl";
    for name in [file, "prod.tfbackend", "backend.hcl", "my backend.conf"] {
        let place = Place::with(&[("terraform.tfvars", SETTINGS), (name, "path = \"there\"\n")]);
        let shown = place.run(&["init", "-input=false"]);
        assert!(shown.ends_with("----- exit 1 -----\n"), "{shown}");
        let typed = if name.contains(' ') { format!("'{name}'") } else { name.to_owned() };
        assert!(shown.contains(&format!("underpin init -backend-config={typed}\n")), "{shown}");
        assert!(!place.path().join(".terraform").exists());
        place.succeed(&["init", "-backend=false"]);
        place.succeed(&["init", &format!("-backend-config={name}")]);
        assert_eq!(recorded_key(&place).as_deref(), Some("there"));
        place.succeed(&["init"]);
        assert_eq!(recorded_key(&place).as_deref(), Some("there"), "what is recorded is kept");
        assert!(place.run(&["init", "-reconfigure"]).ends_with("----- exit 1 -----\n"));
        place.succeed(&["init", "-reconfigure", "-local"]);
        assert_eq!(recorded_key(&place), None);
        place.succeed(&["init"]);
    }
}

#[test]
fn a_bucket_among_the_settings_is_no_backend() {
    let place = Place::of_example();
    let shown = place.succeed(&["init"]);
    assert!(shown.contains("Warning: The state is kept in this directory"), "{shown}");
    assert!(shown.contains("-backend-config=bucket=artos-terraform-state"), "{shown}");
    assert!(!place.succeed(&["init", "-local"]).contains("Warning"));
}
