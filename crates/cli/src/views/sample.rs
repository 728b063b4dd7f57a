//! The document's example, before and after its first apply, for tests.

use std::collections::BTreeMap;

use engine::{Goal, Observation, Observed, Options, Plan, plan, template};
use foundation::testing::{drawn, over};
use foundation::{Blueprint, kinds};
use serde_json::json;
use terraform::state::{Instance, Output};
use terraform::{Address, Attributes, State, Value};

pub(super) const KEY_ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
pub(super) const DEPLOYMENT_ID: &str = "5c1f2a52-6d0a-4b0e-9c39-0d5a1f4b7e21";

/// Settings, the state, and what there is in AWS.
#[derive(Clone)]
pub(super) struct World {
    pub blueprint: Blueprint,
    pub state: State,
    pub observation: Observation,
}

pub(super) fn address(text: &str) -> Address {
    text.parse().unwrap()
}

/// The example's blueprint with other settings.
pub(super) fn foundation(changes: Value) -> Blueprint {
    let tags = json!({"system_owner": "platform-team@company.com", "cost_center": "engineering"});
    drawn(over(json!({ "tags": tags }), changes))
}

/// An account with nothing in it, and no state.
pub(super) fn empty(changes: Value) -> World {
    World {
        blueprint: foundation(changes),
        state: State::empty("lineage"),
        observation: Observation::default(),
    }
}

/// An account and a state after a first apply.
pub(super) fn applied(changes: Value) -> World {
    let mut world = empty(changes);
    for change in world.plan(Goal::Apply).changes {
        let planned = Value::Object(change.after.unwrap());
        let Value::Object(mut attributes) = template::resolve(&planned, &known) else { panic!("{planned}") };
        let id = match change.address.resource_type() {
            "aws_kms_key" => KEY_ID.to_owned(),
            "terraform_data" => DEPLOYMENT_ID.to_owned(),
            _ => ["name", "bucket"]
                .iter()
                .find_map(|name| attributes.get(*name)?.as_str())
                .unwrap_or("x")
                .to_owned(),
        };
        attributes.insert("id".to_owned(), json!(id));
        if change.address.resource_type() == "aws_kms_key" {
            attributes.insert("key_id".to_owned(), json!(KEY_ID));
            attributes
                .insert("arn".to_owned(), json!(format!("arn:aws:kms:us-east-1:123456789012:key/{KEY_ID}")));
        }
        if change.address.resource_type() == "terraform_data" {
            attributes.insert("output".to_owned(), json!("1a2b3c4d"));
        }
        if let Some(arn) = arn(change.address.resource_type(), &id) {
            attributes.insert("arn".to_owned(), json!(arn));
        }
        world.put(&change.address, attributes);
    }
    for (name, output) in world.blueprint.outputs.clone() {
        let recorded = |reference: &template::Reference| {
            world.observation.attributes(&reference.address)?.get(&reference.attribute).cloned()
        };
        let value = template::resolve(&output.value, &recorded);
        if !value.is_null() {
            let output =
                Output { value, value_type: output.value_type, sensitive: false, unknown: Attributes::new() };
            world.state.outputs.insert(name, output);
        }
    }
    world.state.serial = 7;
    world
}

/// The ARN of a role or trail.
fn arn(resource_type: &str, name: &str) -> Option<String> {
    match resource_type {
        "aws_iam_role" => Some(format!("arn:aws:iam::123456789012:role/{name}")),
        "aws_cloudtrail" => Some(format!("arn:aws:cloudtrail:us-east-1:123456789012:trail/{name}")),
        _ => None,
    }
}

/// What is drawn or decided by AWS.
fn known(reference: &template::Reference) -> Option<Value> {
    Some(match (reference.address.to_string().as_str(), reference.attribute.as_str()) {
        ("aws_kms_key.main", "arn") => json!(format!("arn:aws:kms:us-east-1:123456789012:key/{KEY_ID}")),
        ("aws_kms_key.main", _) => json!(KEY_ID),
        ("terraform_data.deployment", "id") => json!(DEPLOYMENT_ID),
        ("terraform_data.deployment", "output") => json!("1a2b3c4d"),
        (other, attribute) => panic!("{other}.{attribute}"),
    })
}

impl World {
    /// The plan for a goal.
    pub(super) fn plan(&self, goal: Goal) -> Plan {
        let options = Options { goal, targets: Vec::new(), replace: Vec::new(), today: None };
        plan(&self.blueprint, &self.state, &self.observation, &options).unwrap()
    }

    /// Records an object and has AWS answer it.
    pub(super) fn put(&mut self, address: &Address, attributes: Attributes) {
        let schema = kinds::schema_of(address.resource_type()).unwrap();
        let recorded = schema.recorded(&attributes);
        self.state.record(address, schema.provider.state_name(), Instance::new(0, recorded, Vec::new()));
        self.observation.objects.insert(address.clone(), Observed::Recorded(attributes));
    }

    /// Has AWS answer something else for one attribute.
    pub(super) fn drift(&mut self, of: &str, name: &str, value: Value) {
        match self.observation.objects.get_mut(&address(of)) {
            Some(Observed::Recorded(attributes) | Observed::Unrecorded(attributes)) => {
                attributes.insert(name.to_owned(), value)
            }
            other => panic!("{other:?}"),
        };
    }

    /// Has AWS answer that an object is gone.
    pub(super) fn vanish(&mut self, of: &str) {
        self.observation.objects.insert(address(of), Observed::Absent);
    }

    /// Forgets the record of an object that AWS still has, as after a crash.
    pub(super) fn forget(&mut self, of: &str) {
        self.state.forget(&address(of));
        let found = self.observation.attributes(&address(of)).unwrap().clone();
        self.observation.objects.insert(address(of), Observed::Unrecorded(found));
    }

    /// An attribute as AWS answers it.
    pub(super) fn text(&self, of: &str, name: &str) -> String {
        self.observation.attributes(&address(of)).unwrap()[name].as_str().unwrap().to_owned()
    }
}

/// Outputs from plain texts.
pub(super) fn outputs(values: &[(&str, &str)]) -> BTreeMap<String, Output> {
    values.iter().map(|(name, value)| ((*name).to_owned(), Output::of(json!(value)).unwrap())).collect()
}

/// The text without the bytes that colour it.
pub(super) fn without_colour(text: &str) -> String {
    let mut plain = String::new();
    for (index, piece) in text.split("\u{1b}[").enumerate() {
        plain.push_str(if index == 0 { piece } else { piece.split_once('m').unwrap().1 });
    }
    plain
}
