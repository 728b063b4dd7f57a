//! What is ours beside what others ask for.

use super::*;

const LOGS: &str = "arn:aws:s3:::logs/";

fn desired(values: &[&str]) -> Attributes {
    let resources =
        if values.is_empty() { json!([]) } else { json!([{"type": "AWS::S3::Object", "values": values}]) };
    let selector =
        json!({"read_write_type": "All", "include_management_events": true, "data_resource": resources});
    json!({"event_selector": [selector]}).as_object().unwrap().clone()
}

fn observed(basic: Value, advanced: Value) -> Attributes {
    json!({"event_selector": basic, "advanced_event_selector": advanced}).as_object().unwrap().clone()
}

fn selector(name: &str, fields: &[(&str, &str, &str)]) -> Value {
    let fields: Vec<Value> =
        fields.iter().map(|(field, how, value)| json!({"field": field, *how: [value]})).collect();
    json!({"name": name, "field_selector": fields})
}

fn names(arrangement: &Arrangement) -> Vec<&str> {
    arrangement.others.iter().map(|other| other.name.as_str()).collect()
}

#[test]
fn basic_selectors_of_others_are_kept_beside_ours() {
    let lambda = json!({"type": "AWS::Lambda::Function", "values": ["arn:aws:lambda"]});
    let both = json!([{"read_write_type": "All", "include_management_events": true,
        "data_resource": [{"type": "AWS::S3::Object", "values": [LOGS]}, lambda]}]);
    let arrangement = Arrangement::of(&desired(&[LOGS]), None, &observed(both, json!([])));
    assert!(arrangement.settled);
    assert_eq!(names(&arrangement), ["arn:aws:lambda"]);

    let theirs = json!([{"read_write_type": "WriteOnly", "include_management_events": true, "data_resource": [lambda]}]);
    let arrangement = Arrangement::of(&desired(&[LOGS]), None, &observed(theirs, json!([])));
    assert!(!arrangement.settled);
    let kept = json!({"read_write_type": "WriteOnly", "include_management_events": false, "data_resource": [lambda]});
    let ours = desired(&[LOGS]).get("event_selector").unwrap().get(0).unwrap().clone();
    assert_eq!(arrangement.written, Written::Basic(vec![ours, kept]));
}

#[test]
fn what_was_ours_and_is_no_longer_asked_for_goes() {
    let present = desired(&[LOGS, "arn:aws:s3:::uploads/"]);
    let known = present.get("event_selector");
    let arrangement = Arrangement::of(&desired(&[LOGS]), known, &present);
    assert!(!arrangement.settled && arrangement.others.is_empty());
    let arrangement = Arrangement::of(&desired(&[LOGS]), None, &present);
    assert!(arrangement.settled);
    assert_eq!(names(&arrangement), ["arn:aws:s3:::uploads/"]);
}

#[test]
fn narrowed_selectors_of_ours_are_no_others() {
    for narrowed in [
        json!({"read_write_type": "ReadOnly", "include_management_events": true,
            "data_resource": [{"type": "AWS::S3::Object", "values": [LOGS]}]}),
        json!({"read_write_type": "All", "include_management_events": true, "data_resource": []}),
        json!({"read_write_type": "All", "include_management_events": true,
            "exclude_management_event_sources": ["kms.amazonaws.com"],
            "data_resource": [{"type": "AWS::S3::Object", "values": [LOGS]}]}),
    ] {
        let arrangement = Arrangement::of(&desired(&[LOGS]), None, &observed(json!([narrowed]), json!([])));
        assert!(!arrangement.settled && arrangement.others.is_empty(), "{arrangement:?}");
    }
}

#[test]
fn beside_advanced_selectors_ours_are_advanced() {
    let management = selector("all", &[("eventCategory", "equals", "Management")]);
    let lambda = selector(
        "fn",
        &[("eventCategory", "equals", "Data"), ("resources.type", "equals", "AWS::Lambda::Function")],
    );
    let present = observed(json!([]), json!([management, lambda]));
    let arrangement = Arrangement::of(&desired(&[LOGS]), None, &present);
    assert!(!arrangement.settled);
    assert_eq!(names(&arrangement), ["fn"]);
    assert_eq!(arrangement.ours, *desired(&[]).get("event_selector").unwrap());
    let Written::Advanced(written) = arrangement.written else { panic!("basic") };
    let again = observed(json!([]), written.clone().into());
    let arrangement = Arrangement::of(&desired(&[LOGS]), None, &again);
    assert!(arrangement.settled, "{written:?}");
    assert_eq!(names(&arrangement), ["fn"]);
    let withdrawn = Arrangement::of(&desired(&[]), desired(&[LOGS]).get("event_selector"), &again);
    assert!(!withdrawn.settled && names(&withdrawn) == ["fn"]);
}

#[test]
fn wider_selectors_record_ours_and_narrower_ones_do_not() {
    let data = ("eventCategory", "equals", "Data");
    let objects = ("resources.type", "equals", "AWS::S3::Object");
    let management = selector("", &[("eventCategory", "equals", "Management")]);
    for (fields, settled) in [
        (vec![data, objects], true),
        (vec![data, objects, ("resources.ARN", "starts_with", "arn:aws:s3:::lo")], true),
        (vec![data, objects, ("resources.ARN", "starts_with", "arn:aws:s3:::logs/AWSLogs/")], false),
        (vec![data, objects, ("resources.ARN", "not_starts_with", "arn:aws:s3:::logs/")], false),
        (vec![data, objects, ("readOnly", "equals", "false")], false),
        (vec![data, ("resources.type", "equals", "AWS::DynamoDB::Table")], false),
    ] {
        let present = observed(json!([]), json!([management, selector("x", &fields)]));
        let arrangement = Arrangement::of(&desired(&[LOGS]), None, &present);
        assert_eq!((arrangement.settled, names(&arrangement)), (settled, vec!["x"]), "{fields:?}");
    }
}
