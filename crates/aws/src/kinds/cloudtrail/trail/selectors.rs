//! What a trail records: event selectors in the provider's shape and in CloudTrail's.

use aws_sdk_cloudtrail::error::BuildError;
use aws_sdk_cloudtrail::types::{
    AdvancedEventSelector, AdvancedFieldSelector, DataResource, EventSelector, ReadWriteType,
};
use engine::CloudError;
use foundation::kinds::cloudtrail::selectors::Written;
use serde_json::json;
use terraform::{Attributes, Value};

use crate::attributes::{blocks, flag, object, owned, text, texts};
use crate::error::malformed;

/// The selectors of a trail, all of one sort.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Selectors {
    /// Basic ones.
    Basic(Vec<EventSelector>),
    /// Advanced ones.
    Advanced(Vec<AdvancedEventSelector>),
}

/// The planned selectors; a trail without any records management events, which is what CloudTrail does by itself.
pub(super) fn planned(planned: &Attributes) -> Selectors {
    basic(blocks(planned, "event_selector").map(selector).collect())
}

/// Selectors of ours and others' as CloudTrail takes them.
///
/// # Errors
/// An advanced selector without conditions.
pub(super) fn written(written: &Written) -> Result<Selectors, CloudError> {
    let error = |error: BuildError| malformed("cloudtrail:PutEventSelectors", error.to_string());
    match written {
        Written::Basic(selectors) => {
            Ok(basic(selectors.iter().filter_map(Value::as_object).map(selector).collect()))
        }
        Written::Advanced(selectors) => {
            let selectors = selectors.iter().filter_map(Value::as_object).map(advanced);
            selectors.collect::<Result<_, _>>().map(Selectors::Advanced).map_err(error)
        }
    }
}

fn basic(selectors: Vec<EventSelector>) -> Selectors {
    if selectors.is_empty() {
        let management =
            EventSelector::builder().read_write_type(ReadWriteType::All).include_management_events(true);
        return Selectors::Basic(vec![management.build()]);
    }
    Selectors::Basic(selectors)
}

fn advanced(selector: &Attributes) -> Result<AdvancedEventSelector, BuildError> {
    let fields = blocks(selector, "field_selector").map(|field| {
        let values = |how: &str| Some(texts(field, how)).filter(|values| !values.is_empty());
        AdvancedFieldSelector::builder()
            .set_field(owned(field, "field"))
            .set_equals(values("equals"))
            .set_not_equals(values("not_equals"))
            .set_starts_with(values("starts_with"))
            .set_not_starts_with(values("not_starts_with"))
            .set_ends_with(values("ends_with"))
            .set_not_ends_with(values("not_ends_with"))
            .build()
    });
    let fields = fields.collect::<Result<_, _>>()?;
    AdvancedEventSelector::builder()
        .set_name(owned(selector, "name"))
        .set_field_selectors(Some(fields))
        .build()
}

fn selector(planned: &Attributes) -> EventSelector {
    let resources = blocks(planned, "data_resource").map(|resource| {
        let values = texts(resource, "values");
        DataResource::builder().set_type(owned(resource, "type")).set_values(Some(values)).build()
    });
    EventSelector::builder()
        .set_read_write_type(text(planned, "read_write_type").map(ReadWriteType::from))
        .set_include_management_events(flag(planned, "include_management_events"))
        .set_data_resources(Some(resources.collect()))
        .set_exclude_management_event_sources(Some(texts(planned, "exclude_management_event_sources")))
        .build()
}

/// The selectors that CloudTrail reports; basic and advanced ones exclude each other.
pub(super) fn shape(basic: &[EventSelector], advanced: &[AdvancedEventSelector]) -> Attributes {
    let basic: Vec<Value> = basic.iter().map(shape_of_basic).collect();
    let advanced: Vec<Value> = advanced.iter().map(shape_of_advanced).collect();
    object(json!({"event_selector": basic, "advanced_event_selector": advanced}))
}

fn shape_of_basic(selector: &EventSelector) -> Value {
    let resources = selector
        .data_resources()
        .iter()
        .map(|resource| json!({"type": resource.r#type(), "values": resource.values()}))
        .collect::<Vec<Value>>();
    json!({
        "read_write_type": selector.read_write_type().map_or("All", ReadWriteType::as_str),
        "include_management_events": selector.include_management_events().unwrap_or(true),
        "exclude_management_event_sources": selector.exclude_management_event_sources(),
        "data_resource": resources,
    })
}

fn shape_of_advanced(selector: &AdvancedEventSelector) -> Value {
    let fields: Vec<Value> = selector.field_selectors().iter().map(shape_of_field).collect();
    json!({"name": selector.name(), "field_selector": fields})
}

fn shape_of_field(field: &AdvancedFieldSelector) -> Value {
    json!({
        "field": field.field(),
        "equals": field.equals(),
        "not_equals": field.not_equals(),
        "starts_with": field.starts_with(),
        "not_starts_with": field.not_starts_with(),
        "ends_with": field.ends_with(),
        "not_ends_with": field.not_ends_with(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(selectors: &Selectors) -> Attributes {
        match selectors {
            Selectors::Basic(selectors) => shape(selectors, &[]),
            Selectors::Advanced(selectors) => shape(&[], selectors),
        }
    }

    #[test]
    fn what_others_wrote_is_written_back_member_for_member() {
        let fields = json!({
            "field": "resources.ARN",
            "equals": ["a"], "not_equals": ["b"], "starts_with": ["c"], "not_starts_with": ["d"],
            "ends_with": ["e"], "not_ends_with": ["f"],
        });
        let theirs = json!([{"name": "theirs", "field_selector": [fields]}]);
        let written = written(&Written::Advanced(theirs.as_array().unwrap().clone())).unwrap();
        assert_eq!(read(&written).get("advanced_event_selector"), Some(&theirs));
    }

    #[test]
    fn what_is_planned_is_what_is_read() {
        let desired = object(json!({"event_selector": [{
            "read_write_type": "All",
            "include_management_events": true,
            "exclude_management_event_sources": [],
            "data_resource": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3:::b/"]}],
        }]}));
        let read = read(&planned(&desired));
        assert_eq!(read.get("event_selector"), desired.get("event_selector"));
        assert_eq!(read.get("advanced_event_selector"), Some(&json!([])));
    }

    #[test]
    fn a_trail_without_selectors_records_management_events() {
        let read = read(&planned(&Attributes::new()));
        let expected = json!([{
            "read_write_type": "All",
            "include_management_events": true,
            "exclude_management_event_sources": [],
            "data_resource": [],
        }]);
        assert_eq!(read.get("event_selector"), Some(&expected));
    }
}
