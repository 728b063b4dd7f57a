//! Configuration in JSON: blocks are objects or arrays of them, labels are keys of objects, and a key may come twice.
//! <https://developer.hashicorp.com/terraform/language/syntax/json>

use std::sync::Arc;

use super::keeper::{Keeper, Keeping};
use crate::tfvars::{self, Node};
use crate::{Diagnostic, Location, Source};

/// What needs no look: arguments of a `terraform` block that do not say where the state is.
const OTHERS: [&str; 6] =
    ["//", "experiments", "language", "provider_meta", "required_providers", "required_version"];

/// What the `terraform` objects of a file say about the state.
pub(super) fn keepers(source: &Arc<Source>) -> Result<Vec<Keeper>, Vec<Diagnostic>> {
    let document = tfvars::parse_document(source)?;
    let mut reader = Reader { keepers: Vec::new(), problems: Vec::new() };
    for body in reader.blocks(document.root()) {
        for (_, terraform) in body.fields().filter(|(name, _)| *name == "terraform") {
            for block in reader.blocks(terraform) {
                reader.inside(block);
            }
        }
    }
    if reader.problems.is_empty() { Ok(reader.keepers) } else { Err(reader.problems) }
}

struct Reader {
    keepers: Vec<Keeper>,
    problems: Vec<Diagnostic>,
}

impl Reader {
    /// The objects that stand for blocks.
    fn blocks<'n>(&mut self, node: Node<'n>) -> Vec<Node<'n>> {
        if node.is_null() {
            return Vec::new();
        }
        let nodes: Vec<Node<'n>> = if node.is_array() { node.items().collect() } else { vec![node] };
        let (blocks, others): (Vec<_>, Vec<_>) = nodes.into_iter().partition(|node| node.is_object());
        self.problems.extend(others.into_iter().map(wrong_type));
        blocks
    }

    /// What stands in one `terraform` object.
    fn inside(&mut self, block: Node<'_>) {
        for (name, value) in block.fields().filter(|(name, _)| !OTHERS.contains(name)) {
            match name {
                "backend" | "state_store" => self.labelled(name, value),
                _ if value.is_object() || value.is_array() => {
                    for block in self.blocks(value) {
                        self.keep(name, &[], value.name_location(), block);
                    }
                }
                "cloud" | "encryption" if !value.is_null() => self.problems.push(wrong_type(value)),
                _ => {}
            }
        }
    }

    /// Blocks with a label, which is the key of an object.
    fn labelled(&mut self, name: &str, node: Node<'_>) {
        for labels in self.blocks(node) {
            for (label, bodies) in labels.fields().filter(|(label, _)| *label != "//") {
                for body in self.blocks(bodies) {
                    self.keep(name, &[label.to_owned()], bodies.name_location(), body);
                }
            }
        }
    }

    fn keep(&mut self, name: &str, labels: &[String], location: Location, body: Node<'_>) {
        let keeping = Keeping::of(name, labels, || body.assignments());
        self.keepers.extend(keeping.map(|keeping| Keeper { keeping, location }));
    }
}

fn wrong_type(node: Node<'_>) -> Diagnostic {
    let detail = "Either a JSON object or a JSON array of objects is required here.";
    Diagnostic::error("Incorrect JSON value type", detail).at(Some(node.location()))
}
