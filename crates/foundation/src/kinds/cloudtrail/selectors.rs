//! What a trail records: the events that we ask for, and those that others ask for beside them.
//!
//! A trail has basic selectors or advanced ones, never both, and both are written whole (CloudTrail API reference,
//! `PutEventSelectors`). What others wrote is written back with ours: as advanced ones where theirs are.

use serde_json::{Value, json};
use terraform::Attributes;

/// The selectors of a trail, ours and others'.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrangement {
    /// Whether all that we ask for is recorded, and nothing that we asked for once and no longer do.
    pub settled: bool,
    /// What of ours is recorded, as basic selectors.
    pub ours: Value,
    /// What others ask for.
    pub others: Vec<Other>,
    /// What has to be written for both.
    pub written: Written,
}

/// Events that somebody else wants recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// The selector's name, or what it is about.
    pub name: String,
    /// What it does.
    pub sentence: String,
}

/// Selectors as they are put: of one sort.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    /// Basic ones, in the provider's shape.
    Basic(Vec<Value>),
    /// Advanced ones, in the provider's shape.
    Advanced(Vec<Value>),
}

/// One thing that a basic selector asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    /// Management events, all or some.
    Management { mode: String, excluded: Vec<String> },
    /// Data events of the resources whose ARNs begin so.
    Data { mode: String, resource_type: String, value: String },
}

/// All events: those that read and those that write.
const ALL: &str = "All";

impl Arrangement {
    /// The selectors that are there, beside those desired. `known` are basic selectors that are ours by the record.
    pub fn of(desired: &Attributes, known: Option<&Value>, observed: &Attributes) -> Self {
        let wanted = items(desired.get("event_selector"));
        let mut mine = wanted.clone();
        mine.extend(items(known).into_iter().filter(|item| !wanted.contains(item)));
        let advanced = list(observed.get("advanced_event_selector"));
        if advanced.is_empty() {
            basic(&wanted, &mine, items(observed.get("event_selector")))
        } else {
            beside_advanced(&wanted, &mine, advanced)
        }
    }
}

/// Beside basic selectors ours are basic too.
fn basic(wanted: &[Item], mine: &[Item], present: Vec<Item>) -> Arrangement {
    // Management events of others are a narrower or wider form of ours: a trail has them once.
    let (ours, others): (Vec<Item>, Vec<Item>) = present.into_iter().partition(|item| {
        matches!(item, Item::Management { .. }) || mine.contains(item) || narrows(item, wanted)
    });
    let settled =
        wanted.iter().all(|item| ours.contains(item)) && ours.iter().all(|item| wanted.contains(item));
    let mut written = blocks(wanted);
    written.extend(blocks(&others));
    let others = others.iter().filter_map(Item::other).collect();
    Arrangement { settled, ours: blocks(&ours).into(), others, written: Written::Basic(written) }
}

/// Whether an item asks for a part of what we want: ours, narrowed by somebody.
fn narrows(item: &Item, wanted: &[Item]) -> bool {
    let Item::Data { resource_type, value, .. } = item else { return false };
    wanted.iter().any(|wanted| {
        matches!(wanted, Item::Data { resource_type: of, value: our, .. } if of == resource_type && our == value)
    })
}

/// Beside advanced selectors ours are advanced too.
fn beside_advanced(wanted: &[Item], mine: &[Item], present: &[Value]) -> Arrangement {
    let is_recorded = |item: &Item| present.iter().any(|selector| covers(selector, item));
    let ours: Vec<Item> = mine.iter().filter(|item| is_recorded(item)).cloned().collect();
    let own = |items: &[Item]| items.iter().map(advanced).collect::<Vec<_>>();
    let kept: Vec<&Value> = present
        .iter()
        .filter(|selector| category(selector) != Some("Management") && !is_one_of(selector, mine))
        .collect();
    // What an own selector that is withdrawn recorded another may go on recording: that is no difference.
    let stale = mine.iter().any(|item| {
        !wanted.contains(item)
            && present.iter().any(|selector| is_one_of(selector, std::slice::from_ref(item)))
    });
    let settled = wanted.iter().all(is_recorded) && !stale;
    let others = kept.iter().map(|selector| other(selector)).collect();
    let mut written = own(wanted);
    written.extend(kept.into_iter().cloned());
    let ours = if settled { blocks(wanted) } else { blocks(&ours) };
    Arrangement { settled, ours: ours.into(), others, written: Written::Advanced(written) }
}

impl Item {
    fn other(&self) -> Option<Other> {
        let Self::Data { mode, resource_type, value } = self else { return None };
        let mode = if mode == ALL { "all".to_owned() } else { format!("the {mode}") };
        let sentence = format!(
            "the trail also records {mode} data events of {resource_type} `{value}`, which no setting asks for"
        );
        Some(Other { name: value.clone(), sentence })
    }
}

/// What basic selectors ask for, item by item.
fn items(selectors: Option<&Value>) -> Vec<Item> {
    let mut items = Vec::new();
    for selector in list(selectors) {
        let mode = text(selector, "read_write_type").unwrap_or(ALL);
        if selector.get("include_management_events").and_then(Value::as_bool) != Some(false) {
            let excluded = texts(selector, "exclude_management_event_sources");
            items.push(Item::Management { mode: mode.to_owned(), excluded });
        }
        for resource in list(selector.get("data_resource")) {
            let resource_type = text(resource, "type").unwrap_or_default();
            items.extend(texts(resource, "values").into_iter().map(|value| Item::Data {
                mode: mode.to_owned(),
                resource_type: resource_type.to_owned(),
                value,
            }));
        }
    }
    items
}

/// Basic selectors that ask for these items: one for each mode.
fn blocks(items: &[Item]) -> Vec<Value> {
    let mut modes: Vec<&str> = Vec::new();
    for item in items {
        let (Item::Management { mode, .. } | Item::Data { mode, .. }) = item;
        if !modes.contains(&mode.as_str()) {
            modes.push(mode);
        }
    }
    modes.into_iter().map(|mode| block(mode, items)).collect()
}

fn block(mode: &str, items: &[Item]) -> Value {
    let mut resources: Vec<(&str, Vec<&str>)> = Vec::new();
    for item in items {
        let Item::Data { mode: of, resource_type, value } = item else { continue };
        match resources.iter_mut().find(|(known, _)| known == resource_type) {
            _ if of != mode => {}
            Some((_, values)) => values.push(value),
            None => resources.push((resource_type, vec![value])),
        }
    }
    let excluded = items.iter().find_map(|item| match item {
        Item::Management { mode: of, excluded } if of == mode => Some(excluded),
        _ => None,
    });
    let resources: Vec<Value> =
        resources.into_iter().map(|(of, values)| json!({"type": of, "values": values})).collect();
    let mut block = json!({
        "read_write_type": mode,
        "include_management_events": excluded.is_some(),
        "data_resource": resources,
    });
    if let (Some(excluded), Some(block)) =
        (excluded.filter(|excluded| !excluded.is_empty()), block.as_object_mut())
    {
        block.insert("exclude_management_event_sources".to_owned(), json!(excluded));
    }
    block
}

/// The advanced selector that asks for an item.
fn advanced(item: &Item) -> Value {
    let equals = |field: &str, value: &str| json!({"field": field, "equals": [value]});
    match item {
        Item::Management { .. } => json!({
            "name": "Management events selector",
            "field_selector": [equals("eventCategory", "Management")],
        }),
        Item::Data { resource_type, value, .. } => {
            let mut fields = vec![equals("eventCategory", "Data"), equals("resources.type", resource_type)];
            if !is_everything(value) {
                fields.push(json!({"field": "resources.ARN", "starts_with": [value]}));
            }
            json!({"name": format!("underpin {value}"), "field_selector": fields})
        }
    }
}

/// Whether a value stands for all resources of its type: an ARN that ends with the service.
fn is_everything(value: &str) -> bool {
    value.split(':').count() <= 3
}

/// Whether an advanced selector asks for exactly one of these items, whatever it is called.
fn is_one_of(selector: &Value, items: &[Item]) -> bool {
    items.iter().any(|item| fields(&advanced(item)) == fields(selector))
}

/// Whether an advanced selector records all events of an item.
fn covers(selector: &Value, item: &Item) -> bool {
    let fields = fields(selector);
    let equals = |field: &str, value: &str| {
        fields.contains(&(field.to_owned(), "equals".to_owned(), vec![value.to_owned()]))
    };
    match item {
        Item::Management { mode, excluded } => {
            equals("eventCategory", "Management") && fields.len() == 1 && mode == ALL && excluded.is_empty()
        }
        Item::Data { resource_type, value, mode } => {
            let known = ["eventCategory", "resources.type", "resources.ARN"];
            let reached =
                fields.iter().filter(|(field, _, _)| field == "resources.ARN").all(|(_, how, values)| {
                    how == "starts_with"
                        && !is_everything(value)
                        && values.iter().any(|beginning| value.starts_with(beginning.as_str()))
                });
            mode == ALL
                && equals("eventCategory", "Data")
                && equals("resources.type", resource_type)
                && fields.iter().all(|(field, _, _)| known.contains(&field.as_str()))
                && reached
        }
    }
}

/// What an advanced selector of somebody else's records.
fn other(selector: &Value) -> Other {
    let fields = fields(selector);
    let value = |field: &str| {
        let found = fields.iter().find(|(name, how, _)| name == field && how == "equals");
        found.map(|(_, _, values)| values.join(", "))
    };
    let category = value("eventCategory").unwrap_or_default();
    let of = value("resources.type").or_else(|| value("eventSource"));
    let about = of.as_ref().map(|of| format!(" of {of}")).unwrap_or_default();
    let only = if fields.len() > 2 { ", some of them" } else { "" };
    let name = text(selector, "name").filter(|name| !name.is_empty()).map(str::to_owned);
    let called =
        name.as_ref().map(|name| format!("the selector `{name}`")).unwrap_or("a selector".to_owned());
    let sentence = format!("{called}, not underpin's, also records {category} events{about}{only}");
    Other { name: name.or(of).unwrap_or(category), sentence }
}

/// The conditions of an advanced selector: field, how it is compared, with what; sorted.
fn fields(selector: &Value) -> Vec<(String, String, Vec<String>)> {
    const HOW: [&str; 6] =
        ["equals", "not_equals", "starts_with", "not_starts_with", "ends_with", "not_ends_with"];
    let mut fields = Vec::new();
    for field in list(selector.get("field_selector")) {
        let name = text(field, "field").unwrap_or_default();
        for how in HOW {
            let mut values = texts(field, how);
            values.sort();
            if !values.is_empty() {
                fields.push((name.to_owned(), how.to_owned(), values));
            }
        }
    }
    fields.sort();
    fields
}

fn category(selector: &Value) -> Option<&str> {
    let category = list(selector.get("field_selector"))
        .iter()
        .find(|field| text(field, "field") == Some("eventCategory"));
    category?.get("equals")?.get(0)?.as_str()
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    list(value.get(name)).iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests;
