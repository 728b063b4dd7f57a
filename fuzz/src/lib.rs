//! What must hold for any bytes in place of a variable file, a backend file, a state or a lock record.
//!
//! Each function takes the bytes of one file and panics if something does not hold. The fuzz targets call them, and so does
//! the test of crate `terraform` that replays the corpus, so that both mean the same.
#![allow(unreachable_pub, reason = "the targets reach it; the test of `terraform` has it as a module")]

use std::sync::Arc;

use serde_json::Value;
use terraform::backend::{Configuration, Record, Validated};
use terraform::lock::LockInfo;
use terraform::state_json::Document;
use terraform::tfvars::{self, Assignment};
use terraform::types::{PathStep, Type};
use terraform::{Diagnostic, Location, Source, State, hcl_text, number};

/// What begins a backend argument of the command line; a file that begins with it holds such arguments, one a line.
const PAIR: &str = "-backend-config=";

/// The deepest value that is printed: brackets may be nested 60 deep, JSON deeper.
const PRINTED_DEPTH: usize = 50;

/// A variable file, in JSON if it begins as an object: every problem has a place that can be shown, what is read can be
/// printed and read again as the same, and no conversion changes what it has converted.
pub fn tfvars(bytes: &[u8]) {
    match tfvars::parse_bytes(&name(bytes, "fuzz.tfvars"), bytes, &|_| true) {
        Ok(assignments) => {
            for assignment in &assignments {
                check_places(assignment);
                check_conversions(&assignment.value);
            }
            check_printed(&assignments);
        }
        Err(problems) => check_problems(&problems),
    }
}

/// A backend file, backend arguments one a line, or the record of a backend: what is valid can be recorded, and the record
/// gives the same record again.
pub fn backend(bytes: &[u8]) {
    if let Ok(Some(record)) = Record::parse(bytes) {
        check_configuration(&record.configuration);
        return;
    }
    let source = match tfvars::decode(&name(bytes, "fuzz.hcl"), bytes) {
        Ok(source) => source,
        Err(problems) => return check_problems(&problems),
    };
    let mut configuration = Configuration::default();
    if source.text.starts_with(PAIR) {
        for pair in source.text.lines().filter_map(|line| line.strip_prefix(PAIR)) {
            if let Err(problems) = configuration.add_pair(pair) {
                check_problems(&problems);
            }
        }
    } else if let Err(problems) = configuration.add_file(&source) {
        check_problems(&problems);
    }
    check_configuration(&configuration);
}

/// A state: what is read can be written, and what was written changes no byte when it is read and written again; it has a
/// document.
pub fn state(bytes: &[u8]) {
    let state = match State::parse(bytes) {
        Ok(state) => state,
        Err(error) => return drop(error.to_string()),
    };
    let written = state.to_bytes();
    let again = match State::parse(&written) {
        Ok(again) => again,
        Err(error) => panic!("a written state cannot be read: {error}"),
    };
    assert!(state.same_content(&again), "a written state records something else");
    assert_eq!(text(&again.to_bytes()), text(&written), "a written state is not stable");
    assert_eq!((state.serial, &state.lineage), (again.serial, &again.lineage));
    for resource in &state.resources {
        let address = resource.address();
        for instance in &resource.instances {
            assert!(instance.address_in(&address).starts_with(&address));
        }
    }
    if let Err(error) = Document::of(Some(&state)).to_line() {
        panic!("a state has no document: {error}");
    }
}

/// A lock record: what is read can be shown, and written and read again as the same.
pub fn lock(bytes: &[u8]) {
    let info = match LockInfo::from_json(bytes) {
        Ok(info) => info,
        Err(error) => return drop(error.to_string()),
    };
    assert!(info.to_string().starts_with("Lock Info:"));
    let written = info.to_json();
    match LockInfo::from_json(written.as_bytes()) {
        Ok(again) => assert_eq!(again.to_json(), written, "a written lock record is not stable"),
        Err(error) => panic!("a written lock record cannot be read: {error}: {written}"),
    }
}

/// The name of a file that holds the bytes: JSON if they begin as an object does.
fn name(bytes: &[u8], name: &str) -> String {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let json = bytes.trim_ascii_start().starts_with(b"{");
    if json { format!("{name}.json") } else { name.to_owned() }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn check_problems(problems: &[Diagnostic]) {
    assert!(!problems.is_empty(), "a refusal without a reason");
    for problem in problems {
        assert!(!problem.summary.is_empty());
        if let Some(location) = &problem.location {
            check_location(location);
        }
    }
}

fn check_location(location: &Location) {
    let (span, length) = (&location.span, location.source.text.len());
    assert!(span.start <= span.end && span.end <= length, "{span:?} is no place in {length} bytes");
    assert!(location.start() <= location.end(), "{location}");
}

fn check_places(assignment: &Assignment) {
    check_location(&assignment.name_location);
    check_location(&assignment.value_location);
    let steps: Vec<PathStep> = match &assignment.value {
        Value::Array(items) => (0..items.len()).map(PathStep::Index).collect(),
        Value::Object(fields) => fields.keys().cloned().map(PathStep::Key).collect(),
        _ => Vec::new(),
    };
    for step in steps {
        check_location(&assignment.location_of(std::slice::from_ref(&step)));
        check_location(&assignment.value_location_of(&[step]));
    }
}

fn check_conversions(value: &Value) {
    let types = [
        Type::String,
        Type::Number,
        Type::Bool,
        Type::list(Type::String),
        Type::set(Type::Number),
        Type::map(Type::Any),
        Type::list(Type::Any),
        Type::Any,
    ];
    for constraint in types {
        match constraint.convert(value) {
            Ok(converted) => {
                assert_eq!(constraint.convert(&converted).as_ref(), Ok(&converted), "{constraint:?}");
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

/// Prints what HCL can hold, and reads it again.
fn check_printed(assignments: &[Assignment]) {
    let items = || {
        assignments
            .iter()
            .filter(|item| is_identifier(&item.name) && is_printable(&item.value, 0))
            .map(|item| (item.name.as_str(), &item.value))
    };
    let printed = hcl_text::arguments(items());
    let source = Arc::new(Source { name: "printed.tfvars".to_owned(), text: printed });
    let again = match tfvars::parse(&source) {
        Ok(again) => again,
        Err(problems) => panic!("what was printed cannot be read: {problems:?}\n{}", source.text),
    };
    let again: Vec<_> = again.iter().map(|item| (item.name.as_str(), &item.value)).collect();
    assert_eq!(again, items().collect::<Vec<_>>(), "{}", source.text);
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// Whether HCL can hold the value: numbers of JSON may be larger and have more digits.
fn is_printable(value: &Value, depth: usize) -> bool {
    match value {
        Value::Number(number) => {
            let text = number.to_string();
            number::canonical(&text).is_some() && text.parse().is_ok_and(f64::is_finite)
        }
        Value::Array(items) => {
            depth < PRINTED_DEPTH && items.iter().all(|item| is_printable(item, depth + 1))
        }
        Value::Object(fields) => {
            depth < PRINTED_DEPTH && fields.values().all(|field| is_printable(field, depth + 1))
        }
        _ => true,
    }
}

fn check_configuration(configuration: &Configuration) {
    let Validated { backend, .. } = match configuration.validate() {
        Ok(validated) => validated,
        Err(problems) => return check_problems(&problems),
    };
    let record = configuration.to_record(&backend, configuration);
    match Record::parse(record.as_bytes()) {
        Ok(Some(Record { configuration: recorded, .. })) => {
            let again =
                recorded.validate().map(|validated| recorded.to_record(&validated.backend, configuration));
            match again {
                Ok(again) => assert_eq!(again, record, "a record is not stable"),
                // A token is a secret, so it is not recorded, and its role has none.
                Err(problems) => {
                    assert!(problems.iter().any(|problem| problem.detail.contains("web_identity_token")));
                }
            }
        }
        other => panic!("a record cannot be read: {other:?}: {record}"),
    }
}
