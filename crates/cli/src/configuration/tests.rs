use std::fs;
use std::path::Path;

use foundation::{Origin, SettingValue};
use serde_json::json;
use terraform::Diagnostic;

use super::sources::gather;
use crate::configuration::{VariableSource, Variables};
use crate::environment::Environment;

fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(directory.path().join(name), text).unwrap();
    }
    directory
}

fn assign(text: &str) -> VariableSource {
    VariableSource::Assignment(text.to_owned())
}

fn sources<const N: usize>(sources: [VariableSource; N]) -> Variables {
    Variables { sources: sources.into() }
}

fn value<'a>(values: &'a [SettingValue], name: &str) -> &'a SettingValue {
    let found: Vec<_> = values.iter().filter(|value| value.name == name).collect();
    assert_eq!(found.len(), 1, "{name} in {values:?}");
    found[0]
}

fn project(directory: &Path, variables: &Variables, environment: &Environment) -> String {
    let (values, problems) = gather(directory, variables, environment);
    assert_eq!(problems, []);
    value(&values, "project_name").value.as_str().unwrap().to_owned()
}

#[test]
fn a_later_source_wins() {
    let ladder = [
        ("terraform.tfvars", "project_name = \"fixed\""),
        ("terraform.tfvars.json", r#"{"project_name": "fixed-json"}"#),
        ("Z.auto.tfvars", "project_name = \"upper\""),
        ("a.auto.tfvars", "project_name = \"a\""),
        ("a.auto.tfvars.json", r#"{"project_name": "a-json"}"#),
        ("b.auto.tfvars", "project_name = \"b\""),
    ];
    let environment = Environment::from([("TF_VAR_project_name", "environment")]);
    let none = Variables::default();
    let expected = ["environment", "fixed", "fixed-json", "upper", "a", "a-json", "b"];
    for (count, expected) in expected.into_iter().enumerate() {
        let directory = directory(&ladder[..count]);
        assert_eq!(project(directory.path(), &none, &environment), expected);
    }
    let directory = directory(&ladder);
    let given = directory.path().join("given.tfvars");
    fs::write(&given, "project_name = \"given\"").unwrap();
    let file = || VariableSource::File(given.clone());
    for (variables, expected) in [
        (sources([file()]), "given"),
        (sources([file(), assign("project_name=typed")]), "typed"),
        (sources([assign("project_name=typed"), file()]), "given"),
        (sources([assign("project_name=one"), assign("project_name=two")]), "two"),
    ] {
        assert_eq!(project(directory.path(), &variables, &environment), expected);
    }
}

#[test]
fn text_is_read_by_the_type_of_its_setting() {
    let directory = directory(&[]);
    let variables = sources([
        assign("project_name=\"quoted\""),
        assign("enable_fargate=false"),
        assign("tags={ a = \"b\" }"),
        assign("undeclared={"),
        assign("environment="),
    ]);
    let environment =
        Environment::from([("TF_VAR_kms_key_administrators", "[\"x\"]"), ("TF_VAR_other_tool", "{")]);
    let (values, problems) = gather(directory.path(), &variables, &environment);
    assert_eq!(problems, []);
    assert_eq!(value(&values, "project_name").value, json!("\"quoted\""));
    assert_eq!(value(&values, "enable_fargate").value, json!("false"));
    assert_eq!(value(&values, "tags").value, json!({ "a": "b" }));
    assert_eq!(value(&values, "undeclared").value, json!("{"));
    assert_eq!(value(&values, "environment").value, json!(""));
    let administrators = value(&values, "kms_key_administrators");
    assert_eq!((&administrators.value, administrators.origin), (&json!(["x"]), Origin::Environment));
    assert!(!values.iter().any(|value| value.name == "other_tool"));
}

#[test]
fn all_broken_sources_are_reported_at_once() {
    let directory = directory(&[
        ("terraform.tfvars", "project_name = nothing\nenvironment = \"production\"\n"),
        ("a.auto.tfvars", "aws_region = f()\n"),
    ]);
    let variables = sources([
        assign("noeq"),
        assign("s =x"),
        assign("tags=x"),
        VariableSource::File(directory.path().join("missing.tfvars")),
    ]);
    let (_, problems) = gather(directory.path(), &variables, &Environment::default());
    let summaries: Vec<&str> = problems.iter().map(|problem: &Diagnostic| problem.summary.as_str()).collect();
    assert_eq!(
        summaries,
        [
            "Invalid -var option",
            "Invalid -var option",
            "Failed to read variables file",
            "Variables not allowed",
            "Function calls not allowed",
            "Variables not allowed",
        ]
    );
}

#[test]
fn a_broken_file_hides_nothing_but_what_may_be_in_it() {
    let directory = directory(&[
        ("terraform.tfvars", "project_name = nothing\n"),
        ("a.auto.tfvars", "kms_deletion_window_in_days = 3\n"),
    ]);
    let (values, problems) = gather(directory.path(), &Variables::default(), &Environment::default());
    let problems = super::check(values, problems).unwrap_err();
    let summaries: Vec<&str> = problems.iter().map(|problem| problem.summary.as_str()).collect();
    assert_eq!(summaries, ["Variables not allowed", "Invalid value for input variable"]);
}
