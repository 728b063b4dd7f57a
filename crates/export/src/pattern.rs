//! The blueprint as a pattern: wherever it depends on name, account, region, partition or on another resource, it says so.
//!
//! The blueprint is drawn for stand-ins, texts that occur nowhere else, and the stand-ins are found again in it. So no
//! text of the user's is ever taken for a part of a name by accident.

mod node;
mod reader;
mod stage;
mod subject;

use std::collections::BTreeMap;

use foundation::addresses::bucket;
use foundation::{BucketName, blueprint};
use terraform::Address;

pub use node::{Node, Part, Symbol};
pub use subject::Subject;

use reader::Reader;
use stage::{Stage, StandIn};

/// What stands for the log bucket's name outside of the bucket.
pub fn bucket_name_symbol() -> Symbol {
    Symbol::Attribute(bucket(), "id".to_owned())
}

/// The blueprint with symbols in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// All resources; every one stands after those it depends on.
    pub resources: Vec<Resource>,
    /// The outputs by name.
    pub outputs: BTreeMap<String, Node>,
    /// The trail's ARN, which policies name before there is a trail.
    pub trail_arn: Vec<Part>,
    /// The log bucket's name, for where the bucket cannot be referred to.
    pub bucket_name: Vec<Part>,
}

/// A resource with symbols in its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Where it is recorded.
    pub address: Address,
    /// Its arguments in the blueprint's order.
    pub arguments: Vec<(String, Node)>,
    /// What must exist first.
    pub depends_on: Vec<Address>,
}

/// Draws the pattern of a subject.
pub fn draw(subject: &Subject<'_>) -> Pattern {
    let stage = Stage::new(subject);
    let drawn = blueprint(&stage.settings, &stage.caller);
    let real = blueprint(subject.settings, subject.caller);
    let stand_ins = stage.stand_ins(&drawn);
    let resources: Vec<Resource> = drawn
        .resources
        .iter()
        .filter(|resource| real.resource(&resource.address).is_some())
        .filter(|resource| !resource.optional || subject.record(&resource.address).is_some())
        .map(|resource| {
            let reader = Reader {
                stage: &stage,
                drawn: &drawn,
                stand_ins: &stand_ins,
                within: Some(&resource.address),
            };
            let mut arguments: Vec<(String, Node)> = resource
                .arguments
                .iter()
                .map(|(name, value)| (name.clone(), reader.argument(name, value)))
                .collect();
            for (name, value) in subject.left_open(resource) {
                arguments.retain(|(argument, _)| *argument != name);
                arguments.push((name.clone(), reader.argument(&name, &value)));
            }
            Resource { address: resource.address.clone(), arguments, depends_on: resource.depends_on.clone() }
        })
        .collect();
    let reader = Reader { stage: &stage, drawn: &drawn, stand_ins: &stand_ins, within: None };
    let outputs =
        drawn.outputs.iter().map(|(name, output)| (name.clone(), reader.node(&output.value))).collect();
    let without_trail: Vec<StandIn> =
        stand_ins.iter().filter(|(_, symbol)| *symbol != Symbol::TrailArn).cloned().collect();
    let reader = Reader { stage: &stage, drawn: &drawn, stand_ins: &without_trail, within: None };
    let trail_arn = reader.text(&stage.trail_arn());
    let named = resources.iter().find(|resource| resource.address == bucket());
    let bucket_name = match named.and_then(|bucket| bucket.argument("bucket")) {
        Some(Node::Text(parts)) => parts.clone(),
        _ => Vec::new(),
    };
    Pattern { resources, outputs, trail_arn, bucket_name }
}

impl Resource {
    /// An argument that is not null.
    pub fn argument(&self, name: &str) -> Option<&Node> {
        let found = self.arguments.iter().find(|(argument, _)| argument == name);
        found.map(|(_, node)| node).filter(|node| **node != Node::Null)
    }
}

impl Pattern {
    /// Calls the log bucket by a name that follows from nothing.
    pub fn name_bucket(&mut self, name: &BucketName) {
        self.bucket_name = vec![Part::Literal(name.to_string())];
        let arguments = self.resources.iter_mut().filter(|resource| resource.address == bucket());
        for (_, node) in
            arguments.flat_map(|bucket| &mut bucket.arguments).filter(|(name, _)| name == "bucket")
        {
            *node = Node::Text(self.bucket_name.clone());
        }
    }

    /// The resource at an address.
    pub fn resource(&self, resource_type: &str, name: &str) -> Option<&Resource> {
        let address = Address::new(resource_type, name);
        self.resources.iter().find(|resource| resource.address == address)
    }
}
