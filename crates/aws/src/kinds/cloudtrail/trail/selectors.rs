//! What a trail records: event selectors in the provider's shape and in CloudTrail's.

use aws_sdk_cloudtrail::types::{
    AdvancedEventSelector, AdvancedFieldSelector, DataResource, EventSelector, ReadWriteType,
};
use serde_json::json;
use terraform::{Attributes, Value};

use crate::attributes::{blocks, flag, object, owned, text, texts};

/// The basic selectors of a trail.
pub type Selectors = Vec<EventSelector>;

/// The planned selectors; a trail without any records management events, which is what CloudTrail does by itself.
pub fn planned(planned: &Attributes) -> Selectors {
    let selectors: Selectors = blocks(planned, "event_selector").map(selector).collect();
    if selectors.is_empty() {
        let management =
            EventSelector::builder().read_write_type(ReadWriteType::All).include_management_events(true);
        return vec![management.build()];
    }
    selectors
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
pub fn shape(basic: &[EventSelector], advanced: &[AdvancedEventSelector]) -> Attributes {
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

    #[test]
    fn what_is_planned_is_what_is_read() {
        let desired = object(json!({"event_selector": [{
            "read_write_type": "All",
            "include_management_events": true,
            "exclude_management_event_sources": [],
            "data_resource": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3:::b/"]}],
        }]}));
        let read = shape(&planned(&desired), &[]);
        assert_eq!(read.get("event_selector"), desired.get("event_selector"));
        assert_eq!(read.get("advanced_event_selector"), Some(&json!([])));
    }

    #[test]
    fn a_trail_without_selectors_records_management_events() {
        let read = shape(&planned(&Attributes::new()), &[]);
        let expected = json!([{
            "read_write_type": "All",
            "include_management_events": true,
            "exclude_management_event_sources": [],
            "data_resource": [],
        }]);
        assert_eq!(read.get("event_selector"), Some(&expected));
    }
}
